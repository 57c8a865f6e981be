"""Chapter 00: right answers in other forms, and wrong ones that nobody listed."""

RIGHT = {
    "column_means": [
        """
def column_means(X):
    if not len(X):
        raise ValueError("no rows")
    return [sum(column) / len(column) for column in zip(*X)]
""",
        """
import torch

def column_means(X):
    if X.shape[0] == 0:
        raise ValueError("no rows")
    return torch.tensor(X).double().mean(dim=0)
""",
        """
def column_means(X):
    if X.size == 0:
        raise ValueError("no rows")
    return np.ones(len(X)) @ X / len(X)
""",
        """
def column_means(X):
    if len(X) < 1:
        raise ValueError("no rows")
    mean = np.zeros(X.shape[1])
    for n, row in enumerate(X, 1):
        mean += (row - mean) / n
    return mean
""",
    ],
}

WRONG = {
    "column_means": [
        "def column_means(X):\n    return X.mean(axis=0, keepdims=True)",
        "def column_means(X):\n    return X.sum(axis=0) // len(X)",
        "def column_means(X):\n    return X.sum(axis=0) / (len(X) - 1)",
        "def column_means(X):\n    return X.mean(axis=0).round(2)",
        "def column_means(X):\n    return X[0]",
        "def column_means(X):\n    return (X.max(axis=0) + X.min(axis=0)) / 2",
        "def column_means(X):\n    print(X.mean(axis=0))",
        "def column_means(X):\n    return [X[:, 0].mean(), X[:, 1].mean()]",
        "def column_means(X):\n    return X.mean(axis=0).sum()",
        "def column_means(X):\n    X -= X.mean(axis=0)\n    return X.mean(axis=0)",
    ],
}

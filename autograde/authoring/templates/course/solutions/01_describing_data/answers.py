"""Right answers in other forms, and wrong ones that nobody listed."""

RIGHT = {
    "mean": [
        "def mean(x):\n    return float(np.mean(x))",
        "def mean(x):\n    return sum(value for value in x) / len(x)",
    ],
    "variance": [
        "def variance(x):\n    return np.var(x, ddof=1)",
        "def variance(x):\n    d = x - x.mean()\n    return d @ d / (len(d) - 1)",
    ],
    "correlation": ["def correlation(x, y):\n    return np.corrcoef(x, y)[0, 1]"],
}

WRONG = {
    "mean": ["def mean(x):\n    return (x.max() + x.min()) / 2"],
    "variance": ["def variance(x):\n    return x.max() - x.min()"],
    "correlation": ["def correlation(x, y):\n    return abs(np.corrcoef(x, y)[0, 1])"],
}

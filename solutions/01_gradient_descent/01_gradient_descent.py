# %% [markdown] name="title"
# # 1 Gradient descent · 梯度下降
#
# About 3 hours in all.

# %% [markdown] name="background"
# ## 1. Background · 背景介绍
#
# Article 004 trains every model by the same five steps. This chapter builds
# each of them.

# %% tags=["setup"]
import numpy as np

from autograde import check, hint
from autograde.figures import show

# %% [markdown] name="steps"
# ## 3. The algorithm, step by step · 核心算法原理具体操作步骤

# %% [markdown] name="exercise-forward"
# ### Exercise: `forward`
#
# **You write** the forward pass of one layer, $y = f(xW + b)$, for all
# samples at once.
# **Why** every network in this course is a chain of this one line.
# **When it is right** four samples of three features give four rows of two
# outputs.


# %% exercise="forward"
def forward(X, W, b, f):
    """Return f(XW + b): the outputs of one layer for all samples.

    X: (N, d) float, one sample a row
    W: (d, k) float
    b: (k,) float, one number for each output
    f: a function that takes an array and returns one of the same shape
    returns: (N, k) float
    """
    ### BEGIN SOLUTION
    Z = X @ W + b
    return f(Z)
    ### END SOLUTION


# %% [markdown] name="exercise-mse-loss"
# ### Exercise: `mse_loss`
#
# **You write** the articles' loss,
# $L = \frac{1}{2N}\sum_i (y_i - \hat y_i)^2$.
# **Why** training needs one number that falls when the model gets better.
# **When it is right** a row and a column of the same numbers are refused
# instead of being compared all against all.


# %% exercise="mse_loss"
def mse_loss(y, y_hat):
    """Return L = 1/(2N) times the sum of all squared errors.

    y: (N,) or (N, k), the true values; N is the number of samples (rows)
    y_hat: the predictions, of the same shape as y
    returns: one number
    raises: ValueError where the shapes of y and y_hat differ
    """
    ### BEGIN SOLUTION
    if y.shape != y_hat.shape:
        raise ValueError(f"y is {y.shape} but y_hat is {y_hat.shape}")
    error = y - y_hat
    return np.sum(error**2) / (2 * len(y))
    ### END SOLUTION


# %% [markdown] name="exercise-mse-gradients"
# ### Exercise: `mse_gradients`
#
# **You write** the two derivatives of the loss of a linear layer,
# $\partial L/\partial W$ and $\partial L/\partial b$.
# **Why** the gradient says how to change each weight to lower the loss.
# **When it is right** each gradient has the shape of what it is the gradient
# of.


# %% exercise="mse_gradients"
def mse_gradients(X, W, b, y):
    """Return the gradients (dW, db) of L = 1/(2N) sum (y - y_hat)^2.

    The layer is linear: y_hat = XW + b. The sum runs over all samples and
    outputs; N is the number of samples.

    X: (N, d) float    W: (d, k) float    b: (k,) float
    y: (N, k) float
    returns: dW (d, k) and db (k,)
    raises: ValueError where y does not have the shape (N, k)
    """
    ### BEGIN SOLUTION
    y_hat = X @ W + b
    if y.shape != y_hat.shape:
        raise ValueError(f"y is {y.shape} but y_hat is {y_hat.shape}")
    error = y_hat - y
    dW = X.T @ error / len(X)
    db = error.sum(axis=0) / len(X)
    return dW, db
    ### END SOLUTION


# %% [markdown] name="worked-example"
# A worked example: three samples, two features, one output.

# %%
X = np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]])
W, b = np.array([[0.5], [1.0]]), np.array([0.1])
y = np.array([[1.0], [0.0], [2.0]])
y_hat = forward(X, W, b, lambda z: z)
round(float(mse_loss(y, y_hat)), 4)

# %% [markdown] name="long-valley"
# ### Question: one rate for a long valley
#
# A loss has one steep direction (curvature 100) and one flat direction
# (curvature 1). Why does one learning rate not suit both?

# %% [markdown] manual="long_valley"
# ### BEGIN SOLUTION
# The steep direction bounds the rate from above: each step multiplies the
# error there by $1 - 100\alpha$, so $\alpha$ must stay below $2/100$. In the
# flat direction the same step multiplies the error by $1 - \alpha$, at least
# 0.98: after 100 steps more than a tenth of the error is still there.
# ### END SOLUTION

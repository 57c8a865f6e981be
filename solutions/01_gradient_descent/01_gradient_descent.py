# %% [markdown] name="title"
# # 1 Gradient descent · 梯度下降
#
# {{exercises}}. Reading and the cells to run come on top. Take as many
# sittings as you like.
#
# Run the cells from top to bottom. A cell that needs an exercise which you
# have not written yet says so and lets you go on.

# %% [markdown] name="background"
# ## 1. Background · 背景介绍
#
# A neural network is a formula with many adjustable numbers, its
# **parameters** (参数). Nobody can set millions of them by hand. In every
# neural network of this course they are found by one method: **gradient
# descent** (梯度下降), in one of its forms.
#
# Two of the five articles are about it. They have no titles, so the course
# calls them by their numbers.
#
# - **Article 000** explains what a big model is: 大模型（Big Model）
#   是指具有数百万甚至数亿参数的深度学习模型, "a big model is a deep-learning
#   model with millions, even hundreds of millions of parameters". It gives
#   the rule by which descent moves.
# - **Article 004** lists the concepts behind such models and says how one is
#   trained, 重复步骤2-4，直到模型收敛: "repeat steps 2 to 4 until the model
#   converges".

# %% [markdown] name="five-steps"
# The five steps of article 004, in our words:
#
# 1. set the parameters to some start values;
# 2. run the data forward through the model and get a prediction;
# 3. compute the **loss** (损失), one number that says how wrong the
#    prediction is, and its **gradient** (梯度), the slope of the loss in
#    each parameter;
# 4. change the parameters a little, against the gradient;
# 5. repeat 2 to 4 until the loss no longer falls.

# %% [markdown] name="background-plan"
# **What this chapter builds.** You write each step in NumPy: a layer, its
# loss, its gradient by hand, a test that finds errors in a gradient, plain
# descent and two better steps: **momentum** (动量), which sums up the
# gradients of the steps before, and **Adam**. Then comes **backpropagation**
# (反向传播): the **chain rule** (链式法则), used from the loss back to every
# parameter, here through a **hidden layer** (隐藏层), one between input and
# output. At the end you train on data of real patients, let `torch.autograd`
# do the same work, and see both agree to 1e-6.
#
# **What it needs.** Python with NumPy, matrix products, and the chain rule of
# calculus. Chapter 00 tells you whether your environment is complete.

# %% tags=["setup"]
import numpy as np
import torch
from matplotlib import pyplot as plt

from autograde import check, hint
from autograde.datasets import diabetes
from autograde.figures import INK, show

torch.set_num_threads(1)


def as_array(result):
    """A result as a float64 array, be it an array, a list or a tensor."""
    if isinstance(result, (list, tuple)):
        return np.array([as_array(item) for item in result])
    if torch.is_tensor(result):
        result = result.detach()
    return np.asarray(result, dtype=float)


# %% [markdown] name="concepts"
# ## 2. Core concepts · 核心概念与联系
#
# - The **forward pass** (前向传播) turns inputs into predictions $\hat y$.
# - The **loss** (损失函数) is one number: how far the predictions are from
#   the truth. Small is good.
# - The **gradient** (梯度) $\nabla J(\theta)$ holds one slope for each
#   parameter: by how much the loss grows when that parameter grows a little.
# - **Backpropagation** (反向传播) is the chain rule, applied from the loss
#   back to the inputs. It computes the gradient.
# - The **learning rate** (学习率) $\alpha$ says how far one step goes.
# - **Weights** (权重) $W$ multiply inputs; a **bias** (偏差) $b$ is added.
#   Together they are the parameters $\theta$.
# - Article 000 names three kinds of **layer** (层): an input layer takes the
#   data, hidden layers turn it into features, an output layer gives the
#   prediction. A linear model has no hidden layer.
#
# The picture shows the loop for a single parameter, at three learning rates.
# Each dot is one step further, against the slope. Where the curve is flatter
# the steps are shorter, although $\alpha$ stays the same. A larger $\alpha$
# jumps over the lowest point. Beyond a limit (section 4) each jump lands
# higher than the last.

# %% tags=["hide-input"] name="picture-descent"
# Draws a parabola and seven points of descent on it, at three rates.
grid = np.linspace(-3.7, 4.7, 200)
fig, axes = plt.subplots(1, 3, sharey=True)
rates = {0.35: "shorter steps", 1.8: "jumps across", 2.1: "climbs out"}
for ax, (rate, what) in zip(axes, rates.items(), strict=True):
    path = [2.6]
    for _ in range(6):
        path.append(path[-1] - rate * (path[-1] - 0.5))
    heights = 0.5 * (np.array(path) - 0.5) ** 2
    ax.plot(grid, 0.5 * (grid - 0.5) ** 2, label="loss $J$")
    ax.plot(path, heights, "o--", ms=4, label="steps")
    ax.set(xlabel="parameter θ (no unit)", title=f"α = {rate}: {what}")
axes[0].set_ylabel("loss J (no unit)")
axes[0].legend(loc="upper center")
show(
    fig,
    alt="Three times the same parabola with seven dots, joined by a line. At "
    "the rate 0.35 they come down on one side in ever shorter steps. At 1.8 "
    "they jump from side to side and come down slowly. At 2.1 they jump from "
    "side to side and climb.",
)

# %% [markdown] name="where-it-leads"
# **How the ideas lead on.** This chapter trains a linear layer and a network
# with one hidden layer. Chapter 02 changes the loss so that a model can
# choose between classes. Chapters 03 and 04 apply backpropagation along a
# sequence. Chapter 05 starts from parameters that others have already
# trained. The loop of five steps stays the same in all of them.
#
# **Symbols.** $X$ is the table of inputs, $N$ rows (samples) by $d$ columns
# (features). $y$ is the truth and $\hat y$ the prediction, $N$ rows by $k$
# outputs. Article 004 writes $y$ for the model's output in one formula and
# for the truth in the next; we keep the two apart from the start. $L$ is the
# loss as a formula in $y$ and $\hat y$; $J(\theta)$ is the same number, seen
# as a function of the parameters.
#
# **A rule for all exercises.** A function never changes its inputs unless it
# says so.

# %% [markdown] name="steps"
# ## 3. The algorithm, step by step · 核心算法原理具体操作步骤
#
# ### Step 2 of the five: the forward pass
#
# Article 004: 前向传播：$y = f(xW + b)$, "forward pass". For output $j$ of
# sample $i$ this means
#
# $$\hat y_{ij} = f\Big(\sum_{a=1}^{d} x_{ia} W_{aj} + b_j\Big).$$
#
# The function $f$ is the **activation function** (激活函数), or activation. A
# linear layer uses none, that is $f(z) = z$.

# %% [markdown] name="exercise-forward"
# ### Exercise: `forward`
#
# - **You write** the forward pass of one layer, for all samples at once.
# - **Why** every network in this course is a chain of this one line.
# - **When it is right** $(N, d)$ inputs give $(N, k)$ outputs, with any
#   activation that the caller hands over.


# %% exercise="forward"
def forward(X, W, b, f):
    """Return f(XW + b): the outputs of one layer for all samples.

    X: (N, d) float array, one sample a row, N at least 1
    W: (d, k) float array
    b: (k,) float array, one number for each output
    f: a function; takes an array, applies itself to each number of it
    returns: (N, k) float array
    """
    ### BEGIN SOLUTION
    Z = X @ W + b
    return f(Z)
    ### END SOLUTION


# %% [markdown] name="loop-against-matrix"
# The formula above is a loop over three indices. The matrix product does the
# same sums in compiled code. The next cells compare the two.


# %% name="naive-loop"
def linear_by_loops(X, W, b):
    Z = np.zeros((len(X), W.shape[1]))
    for i in range(len(X)):
        for j in range(W.shape[1]):
            Z[i, j] = sum(X[i, a] * W[a, j] for a in range(len(W))) + b[j]
    return Z


rng = np.random.default_rng(0)
X, W, b = rng.normal(size=(200, 30)), rng.normal(size=(30, 8)), np.ones(8)
slow = linear_by_loops(X, W, b)
fast = as_array(forward(X, W, b, lambda Z: Z))
{"shape": fast.shape, "equal to 1e-12": bool(abs(slow - fast).max() < 1e-12)}

# %% tags=["nbval-ignore-output", "hide-input"] name="naive-loop-time"
# Measures how much faster the matrix product is than the loops.
from time import perf_counter

start = perf_counter()
linear_by_loops(X, W, b)
middle = perf_counter()
for _ in range(100):
    forward(X, W, b, lambda Z: Z)
ratio = (middle - start) / ((perf_counter() - middle) / 100)
print(f"On this machine the matrix form is about {ratio:.0f} times faster.")

# %% [markdown] name="step-loss"
# ### Step 3 of the five: the loss
#
# Article 004 says of the loss: 用于衡量模型预测值与真实值之间的差距, "it
# measures the gap between the model's predictions and the true values". It
# uses the **mean squared error** (均方误差), with a half in front:
#
# $$L = \frac{1}{2N}\sum_{i=1}^{N} (y_i - \hat y_i)^2 .$$
#
# The half cancels the 2 that comes from the square when we differentiate.
# With $k$ outputs the square of a sample is summed over its outputs; $N$
# still counts samples. Libraries differ: `torch.nn.MSELoss` and Keras leave
# the half out and divide by all $N k$ numbers. Section 7 shows both.

# %% [markdown] name="exercise-mse-loss"
# ### Exercise: `mse_loss`
#
# - **You write** the articles' loss, and refuse shapes that do not match.
# - **Why** training needs one number that falls when the model gets better.
#   And NumPy accepts a row minus a column without a word: it compares every
#   truth with every prediction.
# - **When it is right** a perfect prediction has loss 0, an error of 2 in
#   one of four samples has loss $4 / 8 = 0.5$.


# %% exercise="mse_loss"
def mse_loss(y, y_hat):
    """Return L = 1/(2N) times the sum of all squared errors.

    y: (N,) or (N, k) array, float or int, the truth; N is the number of
        samples (rows), at least 1
    y_hat: array of the same shape as y, float or int, the predictions
    returns: float
    raises: ValueError where the shapes of y and y_hat differ
    """
    ### BEGIN SOLUTION
    if y.shape != y_hat.shape:
        raise ValueError(f"y is {y.shape} but y_hat is {y_hat.shape}")
    error = y - y_hat
    return np.sum(error**2) / (2 * len(y))
    ### END SOLUTION


# %% [markdown] name="silent-broadcast"
# What would have happened without that refusal? Here every prediction is
# perfect, and the loss should be 0.

# %% name="silent-broadcast-shown"
row = np.array([1.0, 2.0, 4.0])
column = row[:, None]
silent = float(np.sum((row - column) ** 2) / (2 * len(row)))
{
    "same shapes": float(as_array(mse_loss(row, row))),
    "a row minus a column": round(silent, 4),
    "its shape": (row - column).shape,
}

# %% [markdown] name="step-gradient"
# ### Step 3, continued: the gradient
#
# Section 4 derives it. For a linear layer, $\hat y = XW + b$, the result is
#
# $$\frac{\partial L}{\partial W} = \frac1N X^\top(\hat y - y), \qquad
#   \frac{\partial L}{\partial b} = \frac1N\sum_{i=1}^N (\hat y_i - y_i).$$
#
# Article 004 updates $W$ only. The bias is a parameter too and has a gradient
# of its own.

# %% [markdown] name="exercise-mse-gradients"
# ### Exercise: `mse_gradients`
#
# - **You write** the two derivatives of the loss of a linear layer.
# - **Why** the gradient says how to change each parameter to lower the loss.
# - **When it is right** each gradient has the shape of its parameter, and
#   the next exercise confirms its numbers without any calculus.


# %% exercise="mse_gradients"
def mse_gradients(X, W, b, y):
    """Return the gradients (dW, db) of L = 1/(2N) sum (y - y_hat)^2.

    The layer is linear: y_hat = XW + b. The sum runs over all samples and
    outputs; N is the number of samples.

    X: (N, d) float array, N at least 1    W: (d, k) float array
    b: (k,) float array    y: (N, k) float array
    returns: two float arrays, dW (d, k) and db (k,)
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


# %% [markdown] name="step-numerical"
# ### A test for every gradient
#
# A gradient by hand is easily wrong by a sign or a factor. The definition of
# a slope is a test: move one parameter by $h$ to either side and see how the
# loss changes,
#
# $$\frac{\partial J}{\partial\theta_i} \approx
#   \frac{J(\theta + h u_i) - J(\theta - h u_i)}{2h},$$
#
# where $u_i$ is 1 at place $i$ and 0 elsewhere. This is the **central
# difference** (中心差分). Its error shrinks with $h^2$; that of the one-sided
# difference shrinks with $h$ only.

# %% [markdown] name="exercise-numerical-gradient"
# ### Exercise: `numerical_gradient`
#
# - **You write** the central difference for every parameter in turn.
# - **Why** it needs no calculus, so it can judge your calculus.
# - **When it is right** it agrees with `mse_gradients` to 1e-9 (the cell
#   below the check).


# %% exercise="numerical_gradient"
def numerical_gradient(J, theta, h=1e-5):
    """Return the central differences of J at theta, one for each entry.

    Entry i is (J(theta + h u_i) - J(theta - h u_i)) / (2h), with u_i 1 at
    place i and 0 elsewhere: only entry i is moved, all others stay.

    J: a function; takes an array of theta's shape, returns one number
    theta: (n,) or (n, k) array, float64 or int; it is not changed
    h: positive float
    returns: float array of theta's shape
    """
    ### BEGIN SOLUTION
    gradient = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        move = np.zeros(theta.shape)
        move[index] = h
        rise = J(theta + move) - J(theta - move)
        gradient[index] = rise / (2 * h)
    return gradient
    ### END SOLUTION


# %% name="gradient-check"
rng = np.random.default_rng(1)
X, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
W, b = rng.normal(size=(3, 2)), rng.normal(size=2)
dW, db = map(as_array, mse_gradients(X, W, b, y))
W_test = numerical_gradient(lambda V: float(mse_loss(y, X @ V + b)), W)
b_test = numerical_gradient(lambda c: float(mse_loss(y, X @ W + c)), b)
W_test, b_test = as_array(W_test), as_array(b_test)
{
    "dW agrees to 1e-9": bool(abs(dW - W_test).max() < 1e-9),
    "db agrees to 1e-9": bool(abs(db - b_test).max() < 1e-9),
}

# %% [markdown] name="choice-of-h"
# **How small should $h$ be?** Too large, and the curve bends between the two
# points. Too small, and the two losses agree in almost all their 16 digits,
# so that their difference is rounding error. The next cell measures both
# ends for $J(\theta) = \exp(\theta)$ at $\theta = 1$, whose slope is
# $\exp(1) = 2.718\ldots$

# %% name="choice-of-h-predict"
from autograde import predict, reveal

H_OPTIONS = ["1e-12", "1e-09", "1e-06", "1e-03", "1e-01"]
predict("choice-of-h", "Which step gives the best slope?", options=H_OPTIONS)

# %% name="choice-of-h-shown"
sizes = 10.0 ** np.arange(-12, 0)
slopes = [
    as_array(numerical_gradient(lambda x: np.exp(x[0]), np.ones(1), h))
    for h in sizes
]
errors = [abs(slope[0] - np.e) for slope in slopes]

# %% tags=["hide-input"] name="choice-of-h-picture"
# Draws the error of the slope against the step h.
fig, ax = plt.subplots()
ax.loglog(sizes, errors, "o-")
ax.set(xlabel="step h (no unit)", ylabel="error of the slope (no unit)")
ax.set_title("The central difference is best for h from 1e-7 to 1e-5")
show(
    fig,
    alt="Error of the numerical slope against the step h on two logarithmic "
    "axes: a valley with its floor from h = 1e-7 to 1e-5; rounding on its "
    "left side, curvature on its right side.",
)

# %% name="choice-of-h-reveal"
error_of = {f"{h:.0e}": error for h, error in zip(sizes, errors)}
reveal("choice-of-h", min(H_OPTIONS, key=error_of.get))

# %% [markdown] name="tests-that-cannot-fail"
# ### A test is code, too
#
# `largest_gap` says how far two gradients are apart; a gradient check trusts
# it. The two functions below it look right and are mistaken: on some pairs
# of gradients they see no difference where there is one. Try them.


# %% name="largest-gap"
def largest_gap(one, other):
    return float(abs(one - other).max())


def largest_gap_1(one, other):
    return float((one - other).max())


def largest_gap_2(one, other):
    return float(abs(one.sum() - other.sum()))


# %% [markdown] name="exercise-revealing-gradients"
# ### Exercise: `revealing_gradients`
#
# - **You write** pairs of gradients on which mistaken functions give another
#   number than `largest_gap`.
# - **Why** a test is as good as its inputs. Choose them so that a mistake has
#   nowhere to hide.
# - **When it is right** your pairs show both functions above to be mistaken.
#   The grader tries four more mistakes of the same kind, and your points are
#   the share that your pairs show: think of more than the two.


# %% exercise="revealing_gradients"
def revealing_gradients():
    """Return 1 to 3 pairs (one, other) that show mistakes in largest_gap.

    one, other: (n, k) float arrays of one shape, 1 to 100 numbers each,
        every number from -1000 to 1000
    returns: a list of 1 to 3 such pairs
    """
    ### BEGIN SOLUTION
    one = np.array([[0.0, 1.0], [2.0, -3.0]])
    moved = np.array([[1.0, 2.0], [3.0, 4.0]])
    tiny = np.array([[1.0, 2.0]])
    return [
        (one, abs(one)),  # only the last sign differs
        (moved, moved[::-1]),  # the same numbers in another order
        (tiny, tiny + 5e-5),  # a difference that is easily passed over
    ]
    ### END SOLUTION


# %% [markdown] name="step-update"
# ### Steps 1, 4 and 5: start, update, repeat
#
# Article 000 gives the update:
#
# $$\theta_{t+1} = \theta_t - \alpha\,\nabla J(\theta_t).$$
#
# It says of descent: 通过在权重空间中寻找最小损失的方向来更新权重, "it updates
# the weights by looking for the direction of the smallest loss in the space
# of weights". That promises too much. The gradient knows the slope at the
# present point and nothing else: $-\nabla J$ is the direction in which the
# loss falls fastest *here*.
#
# Article 004 writes 反向传播：通过计算梯度，调整模型中的权重和偏差,
# "backpropagation: by computing gradients, adjust the weights and biases".
# The two jobs are better kept apart: backpropagation computes the gradient,
# descent uses it.

# %% [markdown] name="exercise-gradient-descent"
# ### Exercise: `gradient_descent`
#
# - **You write** the loop, and keep every point that it visits, its
#   **trajectory** (轨迹).
# - **Why** a trajectory can be drawn, and a drawing shows what went wrong.
# - **When it is right** there is one row more than there are steps: the
#   first is the start.


# %% exercise="gradient_descent"
def gradient_descent(grad, theta0, alpha, steps):
    """Return the trajectory of theta <- theta - alpha * grad(theta).

    grad: a function; takes an array of theta0's shape, returns the gradient
        there, of the same shape
    theta0: array of one or more axes, float or int; it is not changed
    alpha: float, the learning rate    steps: int, 0 or more
    returns: float array (steps + 1, *theta0.shape), also where theta0 is
        int; row 0 is theta0
    """
    ### BEGIN SOLUTION
    theta = np.array(theta0, dtype=float)
    trajectory = [theta]
    for _ in range(steps):
        theta = theta - alpha * grad(theta)
        trajectory.append(theta)
    return np.array(trajectory)
    ### END SOLUTION


# %% [markdown] name="step-minibatches"
# ### A part of the data at a time
#
# The gradient over all data costs one pass over all data. The gradient over
# a small random part, a **minibatch** (小批量), costs less, and on average it
# is the same: the cell below the check shows it. One pass over all
# minibatches is an **epoch** (轮). `fit(..., epochs=10, batch_size=32)` in
# the articles' programs means: ten times over the data, 32 samples at a
# time.

# %% [markdown] name="exercise-minibatches"
# ### Exercise: `minibatches`
#
# - **You write** one epoch: the samples in random order, cut into batches.
# - **Why** the `fit` of the articles' programs does this before each epoch:
#   Keras shuffles by default.
# - **When it is right** 11 samples at batch size 4 make batches of 4, 4 and
#   3, each sample appears once, and it still has its own `y`.


# %% exercise="minibatches"
def minibatches(X, y, batch_size, rng):
    """Return one epoch of batches (X_batch, y_batch), in random order.

    Every sample is in exactly one batch, together with its own y. All
    batches have batch_size samples; the last one holds what is left.

    X: (N, d) array, N at least 1
    y: (N,) or (N, k) array, cut along its first axis
    batch_size: int; where it is N or more there is one batch
    rng: np.random.Generator, the only source of randomness
    returns: a list of pairs of arrays, or a generator that yields them
    raises: ValueError where batch_size is less than 1
        (a generator may raise it when its first batch is asked for)
    """
    ### BEGIN SOLUTION
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, not 1 or more")
    order = rng.permutation(len(X))
    batches = []
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        batches.append((X[rows], y[rows]))
    return batches
    ### END SOLUTION


# %% name="batch-gradients"
rng = np.random.default_rng(2)
X, y = rng.normal(size=(96, 3)), rng.normal(size=(96, 1))
W, b = np.zeros((3, 1)), np.zeros(1)
full = as_array(mse_gradients(X, W, b, y)[0])
parts = [
    as_array(mse_gradients(as_array(Xb), W, b, as_array(yb))[0])
    for Xb, yb in minibatches(X, y, 32, rng)
]
{
    "batches": len(parts),
    "their mean is the full gradient": bool(
        np.allclose(np.mean(parts, axis=0), full)
    ),
}

# %% [markdown] name="step-momentum"
# ### A better step: momentum
#
# Plain descent forgets every step that it took. **Momentum** (动量) keeps a
# running sum of gradients, the velocity $v$:
#
# $$v_{t+1} = \beta v_t + \nabla J(\theta_t), \qquad
#   \theta_{t+1} = \theta_t - \alpha v_{t+1}.$$
#
# Directions that keep their sign add up; directions that flip cancel. With
# $\beta = 0.9$ a steady slope is followed up to ten times faster, since
# $1 + 0.9 + 0.9^2 + \dots = 10$. This is PyTorch's form. Keras keeps
# $-\alpha v$ in place of $v$, with the same $\theta$ as long as $\alpha$
# does not change.

# %% [markdown] name="exercise-momentum-step"
# ### Exercise: `momentum_step`
#
# - **You write** one step with momentum.
# - **Why** it costs one line. In the race of section 4 it needs a third of
#   the steps of plain descent, where its $\beta$ suits the valley.
# - **When it is right** section 7 shows it equal to `torch.optim.SGD`.


# %% exercise="momentum_step"
def momentum_step(theta, v, grad, alpha, beta):
    """Return (theta, v) after one step with momentum.

    The new v is beta * v + grad; theta moves by -alpha times the new v.

    theta, v, grad: float arrays of one shape; they are not changed
    alpha, beta: floats
    returns: two float arrays, the new theta and the new v
    """
    ### BEGIN SOLUTION
    v = beta * v + grad
    theta = theta - alpha * v
    return theta, v
    ### END SOLUTION


# %% [markdown] name="step-adam"
# ### The step that the articles use: Adam
#
# Every program in the articles that trains a model does so with **Adam**. It
# keeps two running averages for each parameter, of the gradient and of its
# square,
#
# $$m_t = \beta_1 m_{t-1} + (1-\beta_1)\, g_t, \qquad
#   v_t = \beta_2 v_{t-1} + (1-\beta_2)\, g_t^2,$$
#
# both starting from 0. Early averages are therefore too small. **Bias
# correction** (偏差修正) divides that out, with $t$ counting from 1:
#
# $$\hat m_t = \frac{m_t}{1-\beta_1^t}, \qquad
#   \hat v_t = \frac{v_t}{1-\beta_2^t}, \qquad
#   \theta_t = \theta_{t-1}
#   - \alpha\frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}.$$
#
# At step 1 this gives $\hat m_1 = g_1$ and $\hat v_1 = g_1^2$: the step is
# $\alpha$ times the *sign* of the gradient, whatever its size. Without the
# correction it would be $0.1/\sqrt{0.001} \approx 3.16$ times as long.

# %% [markdown] name="exercise-adam-step"
# ### Exercise: `adam_step`
#
# - **You write** one step of Adam, with bias correction.
# - **Why** it gives every parameter a step length of its own.
# - **When it is right** the first step has the length $\alpha$ for every
#   parameter, and section 7 shows a hundred steps equal to
#   `torch.optim.Adam`.


# %% exercise="adam_step"
def adam_step(
    theta, m, v, grad, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """Return (theta, m, v) after Adam's step number t.

    m and v are the plain running averages: the bias correction is used for
    the step and is not stored. eps is added to the root, outside of it.

    theta, m, v, grad: float arrays of one shape; they are not changed
    t: int, the number of this step; the first step has t = 1
    alpha, beta1, beta2, eps: floats
    returns: three float arrays, the new theta, the new m and the new v
    raises: ValueError where t is less than 1
    """
    ### BEGIN SOLUTION
    if t < 1:
        raise ValueError(f"t is {t}, but the first step has t = 1")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - alpha * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v
    ### END SOLUTION


# %% name="adam-first-step"
g = np.array([1e-4, -3.0, 500.0])
zero = np.zeros(3)
step = adam_step(zero, zero, zero, g, t=1, alpha=0.01)
theta, m, v = map(as_array, step)
uncorrected = -0.01 * m / (np.sqrt(v) + 1e-8)
{
    "with correction": np.round(theta, 4).tolist(),
    "without": np.round(uncorrected, 4).tolist(),
}

# %% [markdown] name="mathematics"
# ## 4. The mathematics · 数学模型和公式详细讲解举例说明
#
# ### The gradient of the mean squared error
#
# Write $e_{ij} = \hat y_{ij} - y_{ij}$, so that
# $L = \frac{1}{2N}\sum_{ij} e_{ij}^2$. By the chain rule
#
# $$\frac{\partial L}{\partial W_{aj}}
#   = \frac1N \sum_{i} e_{ij}\frac{\partial \hat y_{ij}}{\partial W_{aj}}
#   = \frac1N \sum_{i} e_{ij}\, x_{ia}
#   = \frac1N \big(X^\top e\big)_{aj},$$
#
# because $\hat y_{ij} = \sum_a x_{ia}W_{aj} + b_j$ depends on $W_{aj}$ with
# the slope $x_{ia}$. It depends on $b_j$ with the slope 1, so
# $\partial L/\partial b_j = \frac1N\sum_i e_{ij}$.

# %% [markdown] name="by-hand"
# ### By hand
#
# Three samples, two features, one output:
#
# | $x_1$ | $x_2$ | $y$ | $\hat y = 0.5 x_1 + 1 x_2 + 0.1$ | $e$ | $e^2$ |
# |---|---|---|---|---|---|
# | 1 | 0 | 1 | 0.6 | -0.4 | 0.16 |
# | 2 | -1 | 0 | 0.1 | 0.1 | 0.01 |
# | 0 | 3 | 2 | 3.1 | 1.1 | 1.21 |
#
# The loss is $1.38 / (2\cdot 3) = 0.23$. The gradients are
# $\partial L/\partial W_1 = (1\cdot(-0.4) + 2\cdot 0.1 + 0\cdot 1.1)/3
# = -0.0667$,
# $\partial L/\partial W_2 = (0 - 0.1 + 3.3)/3 = 1.0667$ and
# $\partial L/\partial b = 0.8/3 = 0.2667$. One step with $\alpha = 0.3$ gives
# $W = (0.52,\ 0.68)$, $b = 0.02$, and the loss falls to $0.3596/6 = 0.0599$.
# The cell confirms each number.

# %% name="worked-example"
X = np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]])
W, b = np.array([[0.5], [1.0]]), np.array([0.1])
y = np.array([[1.0], [0.0], [2.0]])
dW, db = map(as_array, mse_gradients(X, W, b, y))
W_new, b_new = W - 0.3 * dW, b - 0.3 * db
{
    "loss": round(float(mse_loss(y, X @ W + b)), 4),
    "dW, db": np.round([*dW[:, 0], *db], 4).tolist(),
    "new W, b": np.round([*W_new[:, 0], *b_new], 4).tolist(),
    "new loss": round(float(mse_loss(y, X @ W_new + b_new)), 4),
}

# %% [markdown] name="stability"
# ### Which learning rates are stable?
#
# Leave the bias out for a moment. Then
# $J(\theta) = \frac{1}{2N}\lVert X\theta - y\rVert^2$ is a **quadratic**
# (二次函数). Its second derivatives form a constant matrix, the **Hessian**
# (海森矩阵),
#
# $$H = \frac1N X^\top X, \qquad \nabla J(\theta) = H(\theta - \theta^*),$$
#
# where $\theta^*$ is the lowest point. One step of descent multiplies the
# distance to it by a matrix:
#
# $$\theta_{t+1} - \theta^* = (I - \alpha H)(\theta_t - \theta^*).$$
#
# Along an eigenvector of $H$ with **eigenvalue** (特征值) $\lambda$, the
# **curvature** (曲率) in that direction, this is multiplication by
# $1 - \alpha\lambda$. The distance shrinks where
# $|1 - \alpha\lambda| < 1$, that is for $0 < \alpha < 2/\lambda$. All
# directions must shrink, so the largest eigenvalue decides:
#
# $$\alpha < \frac{2}{\lambda_{\max}} .$$
#
# Article 004 says: repeat until the model **converges** (收敛), that is,
# until the steps lead nowhere new. Above this rate it does not, except from
# a start that has no part along the steepest direction.

# %% [markdown] name="exercise-largest-stable-rate"
# ### Exercise: `largest_stable_rate`
#
# - **You write** the learning rate at which descent begins to diverge.
# - **Why** you can then choose a rate by computing instead of by trying.
# - **When it is right** the loss falls two per cent below the rate, and
#   grows without end two per cent above it (the picture below the check).


# %% exercise="largest_stable_rate"
def largest_stable_rate(X):
    """Return 2 / lambda_max for J(theta) = 1/(2N) |X theta - y|^2.

    lambda_max is the largest eigenvalue of the Hessian of J, X'X / N.

    X: (N, d) float array, used as it is (neither centred nor scaled), N and
        d at least 1
    returns: float; infinity where all entries of X are 0, and only there
    """
    ### BEGIN SOLUTION
    if not X.any():
        return np.inf
    H = X.T @ X / len(X)
    return 2 / np.linalg.eigvalsh(H)[-1]
    ### END SOLUTION


# %% name="both-sides-predict"
from autograde import predict, reveal

GROWTH = {
    0.1: "it falls",
    2: "it grows to about 2 times its start",
    7: "it grows to about 7 times its start",
    2000: "it grows to about 2,000 times its start",
}
predict(
    "both-sides",
    "Two per cent above the stable limit, what becomes of the loss in 100 "
    "steps?",
    options=list(GROWTH.values()),
)

# %% name="both-sides"
rng = np.random.default_rng(3)
X, y = rng.normal(size=(40, 3)) * [1, 2, 4], rng.normal(size=40)
limit = float(largest_stable_rate(X))
runs = {}
for factor in (0.5, 0.98, 1.02):
    path = as_array(gradient_descent(
        lambda theta: X.T @ (X @ theta - y) / len(X),
        np.ones(3), factor * limit, 100,
    ))
    runs[factor] = [float(mse_loss(y, X @ theta)) for theta in path]
{f"{f} × limit": [round(r[s], 2) for s in (0, 100)] for f, r in runs.items()}

# %% tags=["hide-input"] name="both-sides-picture"
# Draws the loss of each step at the three rates.
fig, ax = plt.subplots()
for factor, losses in runs.items():
    ax.semilogy(losses, label=f"{factor} × limit")
ax.set(xlabel="step (count)", ylabel="loss J (no unit)")
ax.set_title("Below 2/λmax the loss falls, above it the loss explodes")
ax.legend(title="learning rate")
show(
    fig,
    alt="Loss against step for three learning rates on a logarithmic axis. "
    "At 0.5 and 0.98 of the limit the curve falls and levels off; at 1.02 "
    "of the limit it turns and rises exponentially.",
)

# %% name="both-sides-reveal"
growth = runs[1.02][-1] / runs[1.02][0]
nearest = min(GROWTH, key=lambda times: abs(np.log(times / growth)))
reveal("both-sides", GROWTH[nearest])

# %% [markdown] name="both-sides-reading"
# Two per cent above the limit a step multiplies the distance along the
# steepest direction by $1 - 2\cdot1.02 = -1.04$, and the loss that belongs to
# it by $1.04^2 \approx 1.08$. A hundred steps make $1.04^{200} \approx 2{,}550$
# of it. The other directions shrink meanwhile, so the whole loss grows a
# little less.

# %% [markdown] name="valley"
# ### A long valley in real data
#
# Two blood values of the diabetes data, `s1` (total cholesterol) and `s2`
# (low-density lipoproteins), rise and fall together. A model that uses both
# has a loss surface like a long valley: steep across, flat along. The ratio
# of the largest curvature to the smallest is its **condition number**
# (条件数). The next cell prepares the data; each column is scaled to mean 0
# and **standard deviation** (标准差) 1.

# %% name="valley-data"
X_all, y_all = diabetes.load()
pair = X_all[:, [diabetes.NAMES.index("s1"), diabetes.NAMES.index("s2")]]
A = (pair - pair.mean(axis=0)) / pair.std(axis=0)
target = (y_all - y_all.mean()) / y_all.std()
curvatures = np.linalg.eigvalsh(A.T @ A / len(A))
{
    "correlation of s1 and s2": round(float(np.mean(A[:, 0] * A[:, 1])), 3),
    "curvature along, across": np.round(curvatures, 3).tolist(),
    "ratio": round(float(curvatures[1] / curvatures[0]), 1),
}


# %% name="valley-functions"
def valley_gradient(theta):
    return A.T @ (A @ theta - target) / len(A)


def valley_path(rate, steps):
    start = np.array([-1.9, 0.9])
    return as_array(gradient_descent(valley_gradient, start, rate, steps))


# %% tags=["hide-input"] name="valley-drawing"
# Draws the contours of the loss, its lowest point, and paths of descent.
def draw_valley(paths):
    axis = np.linspace(-2.2, 2.2, 80)
    along, up = np.meshgrid(axis, axis)
    points = np.stack([along.ravel(), up.ravel()])
    errors = A @ points - target[:, None]
    J = (errors**2).mean(axis=0).reshape(up.shape) / 2
    fig, ax = plt.subplots(figsize=(6, 4.6))
    levels = np.geomspace(J.min() * 1.002, J.max(), 14)
    ax.contour(along, up, J, levels=levels)
    for (label, path), mark in zip(paths.items(), "os^", strict=False):
        ax.plot(path[:, 0], path[:, 1], marker=mark, ms=4, label=label)
    ax.set(xlabel="weight of s1 (no unit)", ylabel="weight of s2 (no unit)")
    ax.set(xlim=(-2.2, 2.2), ylim=(-2.2, 2.2))
    ax.plot(*np.linalg.lstsq(A, target, rcond=None)[0], "*", color=INK, ms=12)
    ax.legend(loc="lower left")
    return fig, ax


# %% name="valley-zigzag"
limit = float(largest_stable_rate(A))
paths = {
    f"α = {share} × limit": valley_path(share * limit, 40)
    for share in (0.1, 0.95)
}
fig, ax = draw_valley(paths)
ax.set_title("A small rate creeps along the valley, a large one zigzags")
show(
    fig,
    alt="Contours of a loss like a long diagonal valley, a star at its "
    "lowest point, and two paths of 40 steps. The small rate falls to the "
    "floor and creeps along it. The large rate jumps from wall to wall while "
    "it moves along.",
)

# %% [markdown] name="valley-slider-text"
# Move the slider: the rate is given as a share of `largest_stable_rate`. Try
# 1.01. (Without a running kernel it stands still.)

# %% tags=["nbval-skip"] name="valley-slider"
from ipywidgets import FloatSlider, IntSlider

from autograde.figures import slide


def valley_with(share, steps):
    path = valley_path(share * limit, steps)
    loss = float(mse_loss(target, A @ path[-1]))
    fig, ax = draw_valley({f"α = {share * limit:.3f}": path})
    ax.set_title(f"The loss is {loss:.3g} after {steps} steps")
    return fig, f"{steps} steps at {share} of the limit: loss {loss:.3g}."


slide(
    valley_with,
    share=FloatSlider(
        0.5, min=0.05, max=1.05, step=0.01, description="α/limit"
    ),
    steps=IntSlider(20, min=1, max=60, description="steps"),
)

# %% [markdown] name="question-long-valley"
# ### Question: one rate for a long valley
#
# *2 points, graded by a person · about 10 minutes*
#
# Look at the picture and at the two curvatures. Why does one learning rate
# not suit both directions of a long valley? Say what bounds the rate, what
# happens in the other direction at that rate, and how the number of steps
# grows with the ratio of the curvatures. Four to eight sentences.

# %% [markdown] manual="long_valley"
# ### BEGIN SOLUTION
# Along an eigenvector with curvature $\lambda$ each step multiplies the
# distance to the minimum by $1 - \alpha\lambda$. The steep direction has the
# largest curvature, and it bounds the rate: above $2/\lambda_{\max}$ the
# path grows from wall to wall. At a rate near that bound the flat direction
# has the factor $1 - 2\lambda_{\min}/\lambda_{\max}$, which is close to 1, so
# the path hardly moves along the valley. For s1 and s2 the ratio of the
# curvatures is about 18 and the best factor along is about 0.9; for all ten
# measurements it is about 400 and thousands of steps are needed. To shrink
# the distance by a fixed factor takes a number of steps that grows in
# proportion to the ratio. A rate that suited the flat direction,
# $1/\lambda_{\min}$, would diverge in the steep one. Only a step length of
# its own for each direction, or a memory of past steps, gets round this.
# ### END SOLUTION

# %% [markdown] name="valley-optimisers-text"
# ### Momentum and Adam in the valley
#
# Momentum cancels the zigzag and adds up the steady motion along the floor.
# Adam gives each *weight* a step length of its own. This valley runs
# diagonally, so both weights have the same curvature: there is nothing for
# Adam to even out. Now let `s2` be recorded in a unit 30 times smaller. Its
# numbers grow, and so does the curvature of its weight.
#
# The race runs both. Momentum starts twice: with $\beta = 0.9$, the usual
# choice, and with $\beta = 0.6$, for a valley as short as this one. Each
# gets the best of eleven rates. What counts is the number of steps until the
# loss first comes within 1e-4 of the minimum.


# %% name="valley-race"
METHODS = {  # each with its beta
    "plain": 0.0, "momentum 0.9": 0.9, "momentum 0.6": 0.6, "Adam": None
}


def losses_above_minimum(beta, rate, A, steps=300):
    def loss(theta):
        return float(mse_loss(target, A @ theta))

    lowest = loss(np.linalg.lstsq(A, target, rcond=None)[0])
    theta, m, v = np.array([-1.9, 0.9]), np.zeros(2), np.zeros(2)
    losses = []
    for t in range(1, steps + 1):
        losses.append(loss(theta) - lowest)
        grad = A.T @ (A @ theta - target) / len(A)
        if beta is None:
            step = adam_step(theta, m, v, grad, t, rate)
            theta, m, v = map(as_array, step)
        else:  # beta = 0 is plain descent
            step = momentum_step(theta, v, grad, rate, beta)
            theta, v = map(as_array, step)
    return np.array(losses)


def steps_needed(losses):
    near = np.flatnonzero(losses < 1e-4)
    return int(near[0]) if len(near) else len(losses)


def best_run(beta, A):
    unit = 1.0 if beta is None else float(largest_stable_rate(A))
    shares = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.95]
    runs = [losses_above_minimum(beta, a * unit, A) for a in shares]
    return min(runs, key=steps_needed)


# %% name="valley-race-predict"
from autograde import predict, reveal

predict(
    "valley-race",
    "s2 has a unit 30 times smaller. Which method needs the fewest steps?",
    options=list(METHODS),
)

# %% name="valley-race-run"
races = {}
for valley, table in {"scaled alike": A, "s2 × 30": A * [1, 30]}.items():
    for method, beta in METHODS.items():
        races[valley, method] = best_run(beta, table)
        needed = steps_needed(races[valley, method])
        text = f"{needed} steps" if needed < 300 else "more than 300 steps"
        print(f"{valley:12s} {method:12s} {text}")

# %% name="valley-race-reveal"
reveal(
    "valley-race",
    min(METHODS, key=lambda method: steps_needed(races["s2 × 30", method])),
)

# %% tags=["hide-input"] name="valley-race-picture"
# Draws the loss above the minimum for each method, in both valleys.
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(8, 3.6))
for ax, valley in zip(axes, ("scaled alike", "s2 × 30"), strict=True):
    for method in METHODS:
        ax.semilogy(races[valley, method][:150], label=method)
    ax.set(xlabel="step (count)", ylim=(1e-8, 1e4), title=valley)
axes[0].set_ylabel("loss above the minimum (no unit)")
axes[1].legend(loc="upper right")
fig.suptitle("Momentum 0.6 wins where scales agree, Adam where they differ")
show(
    fig,
    alt="Loss above the minimum against steps, logarithmic, in two panels. "
    "With columns scaled alike momentum with beta 0.6 falls fastest. With s2 "
    "times 30 plain descent and momentum level off high above the minimum "
    "while Adam goes on to fall.",
)

# %% [markdown] name="valley-race-text"
# No method is the best everywhere, and momentum has to fit the valley: with
# $\beta = 0.9$ it shoots past the lowest point here and saves one step in
# 44. Kingma and Ba, who introduced Adam, name what the right panel shows as
# one of its advantages: it does not depend on the scale of the single
# gradients. Every program of the articles that trains a model uses it.

# %% [markdown] name="valley-race-play-text"
# **Your turn.** Drag the rate and momentum's $\beta$. All three methods start
# at the same point and use your own `momentum_step` and `adam_step`. The
# slider gives plain descent and momentum their rate as a share of the stable
# limit; Adam gets the slider's number itself as its rate. Where does plain
# descent leave the picture? Which $\beta$ wins at a tenth of the limit?

# %% name="valley-race-play"
from autograde.widgets import Lines, play


def race(share, beta, s2_times):
    table = A * [1, s2_times]
    rate = share * float(largest_stable_rate(table))
    losses = {
        "plain": losses_above_minimum(0.0, rate, table, 100),
        f"momentum {beta:.2f}": losses_above_minimum(beta, rate, table, 100),
        "Adam": losses_above_minimum(None, share, table, 100),
    }
    first = min(losses, key=lambda name: steps_needed(losses[name]))
    needed = steps_needed(losses[first])
    said = f"{first} is first, in {needed} steps"
    said = said if needed < 100 else "Nobody"
    said += "" if needed < 100 else " arrives within 100 steps"
    return Lines(
        said,
        losses,
        alt=f"Loss above the minimum over 100 steps, on a logarithmic axis: "
        f"plain descent and momentum at {share:.2f} of the stable limit, "
        f"Adam at the rate {share:.2f}. {said}.",
        x="step (count)",
        y="loss above the minimum (no unit)",
        ylim=(1e-8, 1e4),
        log=True,
    )


play(
    race,
    uses=["mse_loss", "momentum_step", "adam_step", "largest_stable_rate"],
    share=(0.01, 1.1, 0.01),
    beta=(0.0, 0.99, 0.01),
    s2_times=[1, 30],
)

# %% [markdown] name="backpropagation"
# ### Backpropagation through a hidden layer
#
# Article 000 puts **hidden layers** (隐藏层) between input and output:
# 负责提取和表示数据的高级特征, "responsible for extracting and representing
# higher features of the data". With one of them, $\tanh$ as its activation,
# and $q$ hidden units,
#
# $$h = \tanh(X W_1 + b_1), \qquad \hat y = h W_2 + b_2, \qquad
#   L = \frac{1}{2N}\sum (y - \hat y)^2 .$$
#
# ($h$ is now the hidden layer; the small step of `numerical_gradient` has the
# same letter in most books.)

# %% tags=["hide-input"] name="backpropagation-picture"
# Draws the network as a graph, with the gradients that flow back.
from autograde.figures import computation_graph

show(*computation_graph(
    [("$X$", ""), ("$h$", "$XW_1+b_1$\ntanh"), ("$\\hat y$", "$hW_2+b_2$"),
     ("$L$", "squared\nerror")],
    parameters=["$W_1,b_1$", "$W_2,b_2$", None],
    data=[None, None, "$y$"],
    gradients=["$\\partial L/\\partial h$", "$\\delta_2$", "1"],
    title="Values flow to the right, gradients back, "
    "and down to each W and b",
))

# %% [markdown] name="backpropagation-steps"
# Go backwards, one factor of the chain rule at a time. Let
# $\delta_2 = (\hat y - y)/N$, the slope of $L$ with respect to $\hat y$. The
# upper layer is linear, so, as before,
#
# $$\frac{\partial L}{\partial W_2} = h^\top \delta_2, \qquad
#   \frac{\partial L}{\partial b_2} = \sum_i \delta_{2,i}.$$
#
# The slope with respect to $h$ is $\delta_2 W_2^\top$: each hidden unit
# collects what it caused in all outputs. Through the activation it is
# multiplied, entry by entry, by $\tanh'(z) = 1 - \tanh^2(z) = 1 - h^2$:
#
# $$\delta_1 = (\delta_2 W_2^\top)\odot(1 - h^2), \qquad
#   \frac{\partial L}{\partial W_1} = X^\top \delta_1, \qquad
#   \frac{\partial L}{\partial b_1} = \sum_i \delta_{1,i}.$$
#
# A deeper network repeats the last line for each layer. For layers in a row
# this is all there is to backpropagation. Where a value is used twice, its
# gradients add up (chapter 03).

# %% [markdown] name="exercise-two-layer-backward"
# ### Exercise: `two_layer_backward`
#
# - **You write** the four gradients of a network with one hidden layer.
# - **Why** every framework does this for you; after this you know what it
#   does.
# - **When it is right** `numerical_gradient` agrees with all four (the cell
#   below the check).


# %% exercise="two_layer_backward"
def two_layer_backward(X, y, W1, b1, W2, b2):
    """Return the gradients (dW1, db1, dW2, db2) of the loss of a network.

    The network is h = tanh(X W1 + b1), y_hat = h W2 + b2; the loss is
    L = 1/(2N) sum (y - y_hat)^2. The sum runs over all samples and outputs;
    N is the number of samples.

    X: (N, d) float array, N at least 1    y: (N, k) float array
    W1, b1, W2, b2: float arrays (d, q), (q,), (q, k) and (k,), for a hidden
        layer of q units
    returns: four float arrays, of the shapes of W1, b1, W2, b2
    raises: ValueError where y does not have the shape (N, k)
    """
    ### BEGIN SOLUTION
    h = np.tanh(X @ W1 + b1)
    y_hat = h @ W2 + b2
    if y.shape != y_hat.shape:
        raise ValueError(f"y is {y.shape} but y_hat is {y_hat.shape}")
    delta2 = (y_hat - y) / len(X)
    dW2 = h.T @ delta2
    db2 = delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * (1 - h**2)
    dW1 = X.T @ delta1
    db1 = delta1.sum(axis=0)
    return dW1, db1, dW2, db2
    ### END SOLUTION


# %% name="two-layer-check"
def network(X, W1, b1, W2, b2):
    return np.tanh(X @ W1 + b1) @ W2 + b2


rng = np.random.default_rng(4)
X, y = rng.normal(size=(9, 4)), rng.normal(size=(9, 2))
params = [rng.normal(size=s) for s in [(4, 3), (3,), (3, 2), (2,)]]
grads = list(map(as_array, two_layer_backward(X, y, *params)))
for i, grad in enumerate(grads):
    def J(p, i=i):
        y_hat = network(X, *params[:i], p, *params[i + 1 :])
        return float(mse_loss(y, y_hat))

    gap = abs(grad - as_array(numerical_gradient(J, params[i]))).max()
    name = ["dW1", "db1", "dW2", "db2"][i]
    print(name, "agrees to 1e-9:", bool(gap < 1e-9))

# %% [markdown] name="zero-start"
# **Why not start from zeros?** Step 1 of the five says: set the parameters to
# some start values. If all of them are 0, then $h = 0$ and $W_2 = 0$, and
# three of the four gradients are 0 as well. Only $b_2$ ever learns. If all
# hidden units start *equal*, they get equal gradients and stay equal: three
# units do the work of one. Random start values break the tie.

# %% name="zero-start-shown"
zeros = [np.zeros_like(p) for p in params]
equal = [np.full_like(p, 0.5) for p in params]
dW1_equal = as_array(two_layer_backward(X, y, *equal)[0])
{
    "largest entry of each gradient, from zeros": [
        round(float(abs(as_array(g)).max()), 3)
        for g in two_layer_backward(X, y, *zeros)
    ],
    "columns of dW1 equal, from equal units": bool(
        np.allclose(dW1_equal, dW1_equal[:, :1])
    ),
}

# %% [markdown] name="bonus-deep-backward"
# ### Bonus: `deep_backward`
#
# "A deeper network repeats the last line for each layer": write that. The
# network has any number of layers. Layer $l$ computes $h_l = \tanh(h_{l-1}
# W_l + b_l)$ from the one below, with $h_0 = X$; the uppermost has no $\tanh$
# and gives $\hat y$. The loss is the one above.
#
# - **You write** `deep_backward(X, y, Ws, bs)`, from nothing. `X` is (N, d),
#   `y` is (N, k); `Ws` and `bs` are lists with the matrix and the bias of
#   each layer, from the lowest to the uppermost, one layer or more. It
#   returns two lists, the gradients of `Ws` and those of `bs`, and changes
#   none of its inputs.
# - **Why** one loop then serves networks of any depth.
# - **When it is right** with one hidden layer it gives the four gradients of
#   `two_layer_backward`.


# %% exercise="deep_backward"
### BEGIN SOLUTION
def deep_backward(X, y, Ws, bs):
    """Return the gradients (dWs, dbs) of the loss of a network of any depth.

    X: (N, d) float array, N at least 1    y: (N, k) float array
    Ws, bs: lists of float arrays, one of each for every layer
    returns: two lists of float arrays, of the shapes of Ws and bs
    """
    states = [X]
    for W, b in zip(Ws[:-1], bs[:-1]):
        states.append(np.tanh(states[-1] @ W + b))
    delta = (states[-1] @ Ws[-1] + bs[-1] - y) / len(X)
    dWs, dbs = [], []
    for W, h in zip(Ws[::-1], states[::-1]):
        dWs.append(h.T @ delta)
        dbs.append(delta.sum(axis=0))
        delta = (delta @ W.T) * (1 - h**2)
    return dWs[::-1], dbs[::-1]
### END SOLUTION


# %% [markdown] name="project"
# ## 5. Project · 项目实践：代码实例和详细解释说明
#
# ### The data
#
# Ten measurements of 442 people with diabetes, and a score of how far the
# disease went on in the following year (Efron and others, 2004; section 7).
# 332 people are for learning; 110 are **held out** (留出), to be predicted.
# The model never learns from those.

# %% name="data"
data = diabetes.load_split()
spread = data.X_train.std(axis=0)
for name, mean, sd in zip(
    diabetes.NAMES, data.X_train.mean(axis=0), spread, strict=True
):
    print(f"{name:>3}  {mean:7.2f} ± {sd:5.2f}   {diabetes.UNITS[name]}")
print(f"  y  {data.y_train.mean():7.2f} ± {data.y_train.std():5.2f}   score")
all_scores = np.r_[data.y_train.ravel(), data.y_test.ravel()]
print(f"     the score runs from {all_scores.min():.0f} ", end="")
print(f"to {all_scores.max():.0f}")

# %% [markdown] name="standardise-text"
# The largest spread is 70 times the smallest, and the means lie far from 0.
# Both make the valley longer: the cell below the check shows the ratio of
# its curvatures before and after. We shift and scale each column.
#
# The held-out samples are scaled with the mean and spread *of the training
# samples*. A model in use meets one new patient at a time and has no mean of
# future patients; using the held-out ones' own mean would let it leak in.

# %% [markdown] name="exercise-standardize"
# ### Exercise: `standardize`
#
# - **You write** the scaling of both parts by the statistics of the first.
# - **Why** descent can then use a far larger rate: the cell below the check
#   shows both.
# - **When it is right** the training part has mean 0 and standard deviation
#   1 in every column, and the test part almost.


# %% exercise="standardize"
def standardize(X_train, X_test):
    """Return both tables, scaled by the columns of X_train.

    From each column subtract the mean of that column in X_train, then divide
    by its standard deviation in X_train (np.std: the one that divides by N).
    A column that is constant in X_train, all its numbers equal, is only
    shifted, not divided. Every other column is divided, also one whose
    standard deviation is 1e-10.

    X_train: (N, d) array, float or int, N at least 1
    X_test: (M, d) array, float or int
    returns: two float arrays, (N, d) and (M, d)
    """
    ### BEGIN SOLUTION
    mean = X_train.mean(axis=0)
    spread = X_train.std(axis=0)
    spread[np.ptp(X_train, axis=0) == 0] = 1.0
    return (X_train - mean) / spread, (X_test - mean) / spread
    ### END SOLUTION


# %% name="standardised"
scaled = standardize(data.X_train, data.X_test)
X_train, X_test = map(as_array, scaled)
y_train, y_test = map(as_array, standardize(data.y_train, data.y_test))
y_spread = data.y_train.std()
ones = np.ones((len(X_train), 1))
raw = np.hstack([data.X_train, ones])
{
    "ratio of curvatures, raw": f"{np.linalg.cond(raw) ** 2:.1e}",
    "ratio of curvatures, scaled": round(np.linalg.cond(X_train) ** 2),
    "largest stable rate, raw":
        f"{float(largest_stable_rate(data.X_train)):.1e}",
    "largest stable rate, scaled":
        f"{float(largest_stable_rate(X_train)):.3f}",
}

# %% [markdown] name="three-rates-text"
# ### The loss at three rates
#
# The parameters of the linear model are one vector here, ten weights and the
# bias, so that `gradient_descent` can be used as it is. The exact minimum is
# known for this model: `np.linalg.lstsq` solves for it directly.


# %% name="three-rates"
def linear_gradient(theta):
    dW, db = mse_gradients(X_train, theta[:-1], theta[-1], y_train)
    return np.vstack([as_array(dW), as_array(db)])


def linear_loss(theta):
    return float(mse_loss(y_train, X_train @ theta[:-1] + theta[-1]))


def descend(rate, steps):
    start = np.zeros((11, 1))
    return as_array(gradient_descent(linear_gradient, start, rate, steps))


limit = float(largest_stable_rate(X_train))
rates = {"0.01": 0.01, "0.4": 0.4, "1.05 × limit": 1.05 * limit}
curves = {}
for name, alpha in rates.items():
    path = descend(alpha, 200)
    curves[f"α = {name}"] = [linear_loss(theta) for theta in path]
{name: [round(c[s], 4) for s in (0, 10, 50)] for name, c in curves.items()}

# %% tags=["hide-input"] name="three-rates-picture"
# Draws the training loss over 200 steps, and the exact minimum.
exact = np.linalg.lstsq(np.hstack([X_train, ones]), y_train, rcond=None)[0]
fig, ax = plt.subplots()
for name, curve in curves.items():
    ax.plot(curve, label=name)
ax.axhline(linear_loss(exact), color=INK, ls=":", label="exact minimum")
ax.set(xlabel="step (count)", ylabel="training loss (no unit)")
ax.set_ylim(0.2, 0.6)
ax.set_title("Too small is slow, too large leaves the picture")
ax.legend()
show(
    fig,
    alt="Training loss over 200 steps. At rate 0.01 it falls slowly; at 0.4 "
    "it comes close to the exact minimum within 20 steps; just above the "
    "stable limit it soon rises out of the picture.",
)

# %% [markdown] name="descent-exact-text"
# The loss is close to its minimum after 20 steps. The *weights* take far
# longer: along the flat direction of the valley they move slowly, and the
# loss hardly notices. The next cell follows the largest error of a weight.

# %% name="descent-exact"
path = descend(0.45, 6000)
for step in (20, 200, 2000):
    gap = linear_loss(path[step]) - linear_loss(exact)
    error = abs(path[step] - exact).max()
    print(f"step {step:4d}: loss above the minimum {gap:.0e}, ", end="")
    print(f"weights off by {error:.0e}")
print("step 6000: weights off by less than 1e-6:", bool(
    abs(path[6000] - exact).max() < 1e-6))


# %% name="linear-result"
def rmse(prediction, truth):
    """Root of the mean squared error, in the units of the score."""
    return float(np.sqrt(np.mean((prediction - truth) ** 2)) * y_spread)


theta = path[-1]
results = {
    "mean of the training scores": rmse(np.zeros_like(y_test), y_test),
    "linear model": rmse(X_test @ theta[:-1] + theta[-1], y_test),
}
{name: round(value, 1) for name, value in results.items()}

# %% [markdown] name="linear-result-text"
# The score runs from 25 to 346. Guessing the mean is off by about 76 points
# on the held-out patients, the linear model by about 54. That is better than
# nothing and far from exact.

# %% [markdown] name="r-squared-text"
# ### How good is 54?
#
# An error in points needs a neighbour. $R^2$, the **coefficient of
# determination** (决定系数), brings its own: it compares the squared error
# with that of always saying the mean of the truths,
#
# $$R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}.$$
#
# 1 is perfect, 0 is as good as the mean, and below 0 is worse than that. The
# two functions below `r_squared` look right and are mistaken. Try them.


# %% name="r-squared"
def r_squared(y, y_hat):
    spread = ((y - y.mean()) ** 2).sum()
    return float(1 - ((y - y_hat) ** 2).sum() / spread)


def r_squared_1(y, y_hat):
    return float(np.corrcoef(y, y_hat)[0, 1] ** 2)


def r_squared_2(y, y_hat):
    spread = ((y - y_hat.mean()) ** 2).sum()
    return float(1 - ((y - y_hat) ** 2).sum() / spread)


forecast = (X_test @ theta[:-1] + theta[-1])[:, 0]
{
    measure.__name__: round(measure(y_test[:, 0], forecast), 2)
    for measure in (r_squared, r_squared_1, r_squared_2)
}

# %% [markdown] name="exercise-revealing-predictions"
# ### Exercise: `revealing_predictions`
#
# - **You write** truths and predictions for which mistaken functions give
#   another number than `r_squared`.
# - **Why** for the linear model above all three give nearly the same. A
#   mistaken measure goes unnoticed as long as the model is good.
# - **When it is right** your inputs show both functions to be mistaken. The
#   grader tries five more mistakes of the same kind, and your points are the
#   share that your inputs show.


# %% exercise="revealing_predictions"
def revealing_predictions():
    """Return 1 to 3 pairs (y, y_hat) that show mistakes in r_squared.

    y, y_hat: (N,) float arrays of one length, 2 to 50 numbers each, every
        number from -1e9 to 1e9; the numbers of y are not all equal
    returns: a list of 1 to 3 such pairs
    """
    ### BEGIN SOLUTION
    y = np.array([1.0, 2.0, 3.0, 6.0])
    return [
        (y, np.array([3.0, 9.0, -2.0, 1.0])),  # worse than the mean
        (y, 0.5 * y + 3),  # in step with the truth, but not equal
        (1e8 + y, 1e8 + y + 0.5),  # large numbers, a small spread
    ]
    ### END SOLUTION


# %% [markdown] name="autograd-text"
# ### The same fit by `torch.autograd`
#
# PyTorch records every operation on tensors that have `requires_grad=True`.
# `loss.backward()` then walks back through the record and *adds* each
# gradient to the tensor's `.grad`. You write the forward pass; the backward
# pass comes by itself.

# %% [markdown] name="exercise-fit-with-autograd"
# ### Exercise: `fit_with_autograd`
#
# - **You write** the same descent, with gradients from PyTorch.
# - **Why** from chapter 02 on PyTorch trains the larger models.
# - **When it is right** its parameters equal those of your own descent to
#   1e-6. `torch` is already imported.


# %% exercise="fit_with_autograd"
def fit_with_autograd(X, y, W, b, alpha, steps):
    """Return (W, b) after gradient descent on a linear layer.

    Each step uses all samples and moves W and b at once, by -alpha times the
    gradient of L = 1/(2N) sum (y - y_hat)^2 with y_hat = XW + b, where N is
    the number of samples. The gradient is to come from torch.autograd.

    X: (N, d) float64 array, N at least 1    y: (N, k) float64 array
    W, b: (d, k) and (k,) float64 arrays, the start; they are not changed
    alpha: float    steps: int, 0 or more; with 0 the result equals the start
    returns: W (d, k) and b (k,) as float64 arrays or tensors
    """
    ### BEGIN SOLUTION
    X, y = torch.tensor(X), torch.tensor(y)
    W = torch.tensor(W, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _ in range(steps):
        y_hat = X @ W + b
        loss = ((y - y_hat) ** 2).sum() / (2 * len(X))
        W.grad = b.grad = None
        loss.backward()
        with torch.no_grad():
            W -= alpha * W.grad
            b -= alpha * b.grad
    return W.detach().numpy(), b.detach().numpy()
    ### END SOLUTION


# %% name="autograd-agrees"
W_torch, b_torch = fit_with_autograd(
    X_train, y_train, np.zeros((10, 1)), np.zeros(1), 0.45, 6000
)
by_torch = np.vstack([as_array(W_torch), as_array(b_torch)])
{
    "by hand and by autograd agree to 1e-6": bool(
        abs(by_torch - path[-1]).max() < 1e-6
    ),
    "and with the exact solution": bool(abs(by_torch - exact).max() < 1e-6),
}

# %% [markdown] name="network-text"
# ### A network with one hidden layer
#
# Now all parts come together: minibatches, backpropagation, Adam. The
# articles' programs hide this loop in `model.fit(..., epochs=10,
# batch_size=32)`.

# %% [markdown] name="exercise-train-epoch"
# ### Exercise: `train_epoch`
#
# - **You write** one epoch of training, with your own `two_layer_backward`
#   and `adam_step`.
# - **Why** this is the loop behind `fit`. Every later chapter trains with
#   one.
# - **When it is right** the training loss falls from epoch to epoch.


# %% exercise="train_epoch"
def train_epoch(params, m, v, t, batches, alpha):
    """Return (params, m, v, t) after one step of Adam for each batch.

    For each batch in turn: compute all four gradients of two_layer_backward
    with the present parameters, then move each of the four parameters by one
    adam_step (with its default beta1, beta2 and eps). The four moves share
    one step number: t is the number of steps taken before, so the first
    batch makes step t + 1.

    params: list [W1, b1, W2, b2] of float arrays
    m, v: lists of four arrays, Adam's averages for each of the parameters
    t: int, 0 or more    alpha: float
    batches: pairs (X, y), to be gone through once in their order: a list, or
        a generator, which has no length and no second pass
    returns: new lists params, m, v and the new t; the given lists and their
        arrays are not changed
    """
    ### BEGIN SOLUTION
    params, m, v = list(params), list(m), list(v)
    for X, y in batches:
        grads = two_layer_backward(X, y, *params)
        t += 1
        for i, grad in enumerate(grads):
            params[i], m[i], v[i] = adam_step(
                params[i], m[i], v[i], grad, t, alpha
            )
    return params, m, v, t
    ### END SOLUTION


# %% name="train-networks"
def fit_network(hidden, epochs, seed=0):
    """Return the network's parameters, and two errors for each epoch."""
    rng = np.random.default_rng(seed)
    params = [
        rng.normal(size=(10, hidden)) / np.sqrt(10), np.zeros(hidden),
        rng.normal(size=(hidden, 1)) / np.sqrt(hidden), np.zeros(1),
    ]
    m, v, t = [0 * p for p in params], [0 * p for p in params], 0
    history = []
    for _ in range(epochs):
        batches = [
            (as_array(X), as_array(y))
            for X, y in minibatches(X_train, y_train, 32, rng)
        ]
        params, m, v, t = train_epoch(params, m, v, t, batches, 0.01)
        params, m, v = (list(map(as_array, part)) for part in (params, m, v))
        ends = [(X_train, y_train), (X_test, y_test)]
        history.append([rmse(network(X, *params), y) for X, y in ends])
    return params, np.array(history)


histories = {h: fit_network(h, epochs=100)[1] for h in (4, 64)}

# %% tags=["hide-input"] name="network-picture"
# Draws the training and the held-out error of both networks, epoch by epoch.
fig, axes = plt.subplots(1, 2, sharey=True)
for ax, (hidden, history) in zip(axes, histories.items(), strict=True):
    epochs = range(1, len(history) + 1)
    ax.plot(epochs, history[:, 0], label="training")
    ax.plot(epochs, history[:, 1], label="held out")
    ax.axhline(results["linear model"], color=INK, ls=":", label="linear")
    ax.set(xlabel="epoch (count)", ylim=(0, 100))
    ax.set_title(f"{hidden} hidden units")
axes[0].set_ylabel("error (points of the score)")
axes[0].legend()
fig.suptitle("More parameters fit the training patients, not the new ones")
show(
    fig,
    alt="Training and held-out error over 100 epochs for 4 and for 64 hidden "
    "units, with the linear model as a dotted line. With 64 units the "
    "training error keeps falling while the held-out error rises well above "
    "the line.",
)

# %% name="network-result"
for hidden, history in histories.items():
    count = 10 * hidden + hidden + hidden + 1
    best, last = history[:, 1].min(), history[-1, 1]
    print(f"{hidden:2d} hidden units, {count} parameters, held-out error:")
    print(f"   best epoch {best:.0f}, last epoch {last:.0f}")
    results[f"{hidden} hidden units, last epoch"] = last
print(f"linear model, 11 parameters: {results['linear model']:.0f}")

# %% [markdown] name="network-result-text"
# The result disappoints, and it is worth knowing. The network is a larger
# model, it fits the training patients far better, and it predicts new
# patients no better than eleven numbers do. Left to train on, it gets worse:
# it is **overfitting** (过拟合). The training set has 332 samples, the larger
# network 769 parameters. Chapters 04 and 05 come back to what a large model
# needs.
#
# Two cautions about reading these numbers. The best epoch was chosen by
# looking at the held-out patients, so its figure flatters the network;
# chapter 02 keeps a third part of the data, for validation, apart. And 110
# patients are few: the next cell repeats the linear fit for twenty other
# ways to split the patients.

# %% name="other-splits"
errors = []
for seed in range(1, 21):
    other = diabetes.load_split(seed=seed)
    X_fit = np.c_[other.X_train, np.ones(len(other.X_train))]
    fitted = np.linalg.lstsq(X_fit, other.y_train, rcond=None)[0]
    gap = other.X_test @ fitted[:-1] + fitted[-1] - other.y_test
    errors.append(np.sqrt(np.mean(gap**2)))
f"held-out error between {min(errors):.0f} and {max(errors):.0f} points"

# %% [markdown] name="uses"
# ## 6. Where it is used · 实际应用场景
#
# The articles list speech, images, language and games. Models for them are
# trained by the loop that you wrote, only larger. Here are two uses that fit
# on this page.
#
# ### Which measurement moves the prediction?
#
# The chain rule also gives the slope of the prediction with respect to the
# *inputs*. For the linear model it is $W$; for the network it differs from
# patient to patient: $\partial\hat y/\partial x = W_1\,((1-h^2)\odot W_2)$.
# It says which measurement would change the forecast most.

# %% name="sensitivity"
params, _ = fit_network(4, epochs=15)
W1, b1, W2, b2 = params
h = np.tanh(X_test @ W1 + b1)
slopes = ((1 - h**2) * W2[:, 0]) @ W1.T * y_spread
linear = theta[:-1, 0] * y_spread
print("points of the score for one standard deviation more")
print("      linear   network (mean over patients)")
means = slopes.mean(axis=0)
for name, one, other in zip(diabetes.NAMES, linear, means, strict=True):
    print(f"{name:>4} {round(one):+7d} {round(other):+9d}")

# %% [markdown] name="sensitivity-text"
# In both models the score rises with body mass index (`bmi`), blood pressure
# (`bp`) and `s5`. They disagree on `s1` and `s2`, the pair from the long
# valley. Their linear weights are large and of opposite signs, and partly
# cancel: the two columns go together (correlation 0.9 in section 4), so that
# the data says little about how to share the effect between them. A weight is
# not an effect. Article 004 names 模型的解释性, "the interpretability of
# models", as a challenge; here it is hard with eleven parameters already.
#
# ### Finding a phone by descent
#
# Four masts measure their distance to a phone, each with some error. Where is
# it? No place fits all four distances exactly. But there is a loss, and your
# `numerical_gradient` needs nothing else.

# %% name="phone"
masts = np.array([[0.0, 0.0], [9.0, 1.0], [8.0, 7.0], [1.0, 8.0]])  # km
place = np.array([3.1, 5.4])
noise = np.array([0.06, -0.05, 0.03, -0.04])
measured = np.linalg.norm(masts - place, axis=1) + noise


def misfit(p):
    distances = np.linalg.norm(masts - p, axis=1)
    return float(mse_loss(measured, distances))


walk = as_array(gradient_descent(
    lambda p: as_array(numerical_gradient(misfit, p)),
    np.array([8.0, 2.0]), 0.8, 60,
))
print("found at", np.round(walk[-1], 2).tolist(), "km, true", place.tolist())
print(f"off by {1000 * np.linalg.norm(walk[-1] - place):.0f} m")

# %% [markdown] name="tools"
# ## 7. Tools and resources · 工具和资源推荐
#
# A practitioner calls a library. The next cell puts your functions beside
# the library's, on the same data from the same start, and reports the largest
# difference.


# %% name="tools-agree"
def report(name, mine, theirs):
    gap = np.abs(as_array(mine) - as_array(theirs)).max()
    word = "equal to 1e-6" if gap < 1e-6 else f"DIFFERENT by {gap:.1e}"
    print(f"{name:44s} {word}")


def torch_steps(make, steps=100):
    W = torch.zeros(10, 1, dtype=torch.float64, requires_grad=True)
    optimizer = make([W])
    for _ in range(steps):
        optimizer.zero_grad()
        error = torch.tensor(X_train) @ W - torch.tensor(y_train)
        (error**2).sum().div(2 * len(error)).backward()
        optimizer.step()
    return W.detach().numpy()


# %% name="tools-agree-shown"
from sklearn.linear_model import LinearRegression

W_m = W_a = m = v_m = v_a = np.zeros((10, 1))
for t in range(1, 101):
    g_m = as_array(mse_gradients(X_train, W_m, np.zeros(1), y_train)[0])
    step = momentum_step(W_m, v_m, g_m, 0.05, beta=0.9)
    W_m, v_m = map(as_array, step)
    g_a = as_array(mse_gradients(X_train, W_a, np.zeros(1), y_train)[0])
    step = adam_step(W_a, m, v_a, g_a, t, alpha=0.01)
    W_a, m, v_a = map(as_array, step)
report("gradient_descent, sklearn LinearRegression", path[-1][:-1, 0],
       LinearRegression().fit(X_train, y_train).coef_[0])
report("momentum_step, torch.optim.SGD", W_m,
       torch_steps(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)))
report("adam_step, torch.optim.Adam", W_a,
       torch_steps(lambda p: torch.optim.Adam(p, lr=0.01)))
layer = torch.nn.Linear(10, 1).double()
W_l, b_l = layer.weight.detach().numpy().T, layer.bias.detach().numpy()
report("forward, torch.nn.Linear and tanh",
       forward(X_test, W_l, b_l, np.tanh),
       layer(torch.tensor(X_test)).tanh().detach())

# %% [markdown] name="keras-differences"
# **Where TensorFlow, used by the articles, differs from PyTorch.**
#
# | | your code | PyTorch | Keras |
# |---|---|---|---|
# | squared error | sum / (2N) | sum / (Nk) | sum / (Nk) |
# | momentum keeps | $v$ | $v$ | $-\alpha v$ |
# | Adam's $\epsilon$ | 1e-8 | 1e-8 | 1e-7 |
#
# With one output ($k = 1$) and without the half every gradient is twice as
# long: a rate that was just stable for your loss is then too large. And Keras
# adds its $\epsilon$ to $\sqrt{v_t}$ before the bias correction (the [page on
# Adam](https://keras.io/api/optimizers/adam/) calls it "epsilon hat"), which
# matters for very small gradients. The cell shows both with numbers.

# %% name="keras-differences-shown"
prediction = torch.tensor(X_test) @ torch.tensor(W_a)
ratio = torch.nn.MSELoss()(prediction, torch.tensor(y_test)).item() / float(
    mse_loss(y_test, prediction.numpy())
)
g, zero = np.array([1e-6]), np.zeros(1)
step = adam_step(zero, zero, zero, g, t=1, alpha=0.001)
mine = -float(as_array(step[0])[0])
m_1, v_1 = 0.1 * g[0], 0.001 * g[0] ** 2
scale = np.sqrt(1 - 0.999) / (1 - 0.9)
keras = 0.001 * scale * m_1 / (np.sqrt(v_1) + 1e-7)
{
    "torch.nn.MSELoss / mse_loss": round(float(ratio), 6),
    "first step of Adam for a gradient of 1e-6": f"{mine:.2e}",
    "the same by Keras' formula": f"{keras:.2e}",
}

# %% [markdown] name="resources"
# **To read on.**
#
# - PyTorch, [torch.optim](https://pytorch.org/docs/stable/optim.html): every
#   optimiser with its pseudocode.
# - D. Kingma and J. Ba,
#   [Adam: a method for stochastic optimization](https://arxiv.org/abs/1412.6980)
#   (2015): the source of `adam_step`; its section 3 derives the bias
#   correction.
# - B. Polyak,
#   [Some methods of speeding up the convergence of iteration methods](https://doi.org/10.1016/0041-5553(64)90137-5)
#   (1964): the source of momentum.
# - D. Rumelhart, G. Hinton and R. Williams,
#   [Learning representations by back-propagating errors](https://doi.org/10.1038/323533a0)
#   (1986): four pages that made backpropagation known.
# - B. Efron, T. Hastie, I. Johnstone and R. Tibshirani,
#   [Least angle regression](https://doi.org/10.1214/009053604000000067)
#   (2004): the source of the data.

# %% [markdown] name="summary"
# ## 8. Summary and challenges · 总结：未来发展趋势与挑战
#
# The chapter's measurements, by its own cells:

# %% name="summary-table"
for name, value in results.items():
    print(f"{name:32s} held-out error {value:5.1f} points")

# %% [markdown] name="challenges"
# **Cost.** One step over all data costs about $4Nd$ multiplications and
# additions for the linear model: two for each weight and sample forward, two
# backward. Article 000 speaks of hundreds of millions of parameters. Adam
# stores two more numbers for each.
#
# **Data.** The larger model was the worse one here, for want of samples.
#
# **Interpretability** (可解释性). Two columns that go together were enough to
# give two weights opposite signs and little meaning.
#
# **Fairness** (公平性). The data has a column `sex`, coded 1 and 2. An average
# error can hide that one group is served worse. The next cell looks.
#
# **Privacy** (隐私). A model that has learnt its training data by heart, as
# the one with 64 hidden units begins to, can give some of it away. N. Carlini
# and others measure how much in
# [The secret sharer](https://arxiv.org/abs/1802.08232) (2019).

# %% name="fairness"
predicted = X_test @ theta[:-1] + theta[-1]
sex = data.X_test[:, diabetes.NAMES.index("sex")]
for code in (1, 2):
    group = sex == code
    error = rmse(predicted[group], y_test[group])
    bias = float((predicted[group] - y_test[group]).mean() * y_spread)
    print(f"sex {code}: {group.sum()} patients, ", end="")
    print(f"error {error:.0f}, mean error {bias:+.0f}")

# %% [markdown] name="fairness-text"
# For so few people the cell cannot tell an unfair gap from chance: over other
# splits the error of all moved between 50 and 62 (section 5). The point is
# that the loss never asked. It is one average, and it trades one group for
# the other where that lowers the mean.

# %% [markdown] name="questions"
# ## 9. Questions and answers · 附录：常见问题与解答
#
# <details><summary>Article 004 asks: what is the difference between large
# models and traditional algorithms? (AI大模型与传统算法的区别是什么？)</summary>
#
# Its answer: scale, and usually better results, for more computation and
# more data. In section 5 the larger model had 70 times the parameters of the
# linear one and lost on new patients, with the same data. The training method
# is the same for both.
#
# </details>
# <details><summary>When is it time to stop?</summary>
#
# Article 004 says: when the model has converged. Section 5 shows that this
# has two meanings. The loss of the linear model was within 0.01 of its
# minimum after 20 steps; a weight was still off by 0.2 after 200. And the
# network with 64 hidden units was at its best on new patients long before
# its training error stopped falling.
#
# </details>
# <details><summary>Does descent find the best parameters?</summary>
#
# For the linear model, yes: its loss has one minimum, and 6,000 steps found
# it to 1e-6. For a network nothing guarantees it: the last cell of this
# section shows two random starts that end at different parameters.
#
# </details>

# %% [markdown] name="errors-met"
# ### Errors that students meet
#
# <details><summary>My loss becomes <code>inf</code> or
# <code>nan</code></summary>
#
# The rate is above the stable limit. The curve at 1.05 times the limit in
# section 5 does this. Compute `largest_stable_rate`, or divide the rate by 3
# until the loss falls. Columns of very different scale lower the limit: see
# the output under `standardize`.
#
# </details>
# <details><summary>
# <code>ValueError: matmul: Input operand 1 has a mismatch</code>
# <code>in its core dimension 0</code></summary>
#
# The inner sizes of a product differ. Write the shapes beside the formula:
# $(N,d)\,(d,k)$ works, $(N,d)\,(k,d)$ needs a transpose. For a gradient, look
# at the shape that it must have: $dW$ is $(d,k)$, and only
# $(d,N)\,(N,k)$ makes that from $X$ and the error.
#
# </details>
# <details><summary>
# <code>UFuncTypeError: Cannot cast ufunc 'subtract' output</code>
# <code>from dtype('float64') to dtype('int64')</code></summary>
#
# `theta -= alpha * grad` writes into an array of integers. Make a float copy
# first: `np.array(theta0, dtype=float)`. An in-place `-=` on an input also
# changes the caller's array, which the checks notice.
#
# </details>

# %% [markdown] name="errors-of-torch"
# ### Errors of PyTorch
#
# <details><summary>
# <code>RuntimeError: expected m1 and m2 to have the same</code>
# <code>dtype, but got: double != float</code> (in other versions: expected
# scalar type Float but found Double)</summary>
#
# NumPy's numbers have 64 bits, PyTorch's default has 32. Create parameters
# with `dtype=torch.float64` here, or turn the data into `float32`.
#
# </details>
# <details><summary>
# <code>RuntimeError: a leaf Variable that requires grad is</code>
# <code>being used in an in-place operation.</code></summary>
#
# The update itself must not be recorded: put it under
# `with torch.no_grad():`.
#
# </details>
# <details><summary><code>TypeError: unsupported operand type(s) for *:</code>
# <code>'float' and 'NoneType'</code> at <code>W.grad</code></summary>
#
# `W = W - alpha * W.grad` makes a new tensor, which is no longer a start of
# the record, so that its `.grad` stays `None` in the next step. Change the
# tensor in place (`W -= ...`) without recording.
#
# </details>
# <details><summary>
# <code>RuntimeError: Trying to backward through the graph a</code>
# <code>second time</code></summary>
#
# The forward pass must be inside the loop: each `backward()` uses up the
# record of one forward pass.
#
# </details>
# <details><summary>By autograd my loss falls and then swings wildly</summary>
#
# `backward()` adds to `.grad`. Clear it before each step. The next cell shows
# what happens otherwise.
#
# </details>

# %% name="forgotten-zero-grad"
w = torch.ones(1, requires_grad=True)
seen = []
for _ in range(3):
    (w**2).sum().backward()
    seen.append(w.grad.item())
{"the true gradient": 2.0, "grad after each backward, never cleared": seen}

# %% [markdown] name="two-starts-text"
# And the evidence for the answer about networks: two starts, two sets of
# parameters, nearly the same error.

# %% name="two-starts"
one, history_1 = fit_network(4, 15, seed=1)
two, history_2 = fit_network(4, 15, seed=2)
{
    "largest difference of a weight above 0.5": bool(
        abs(one[0] - two[0]).max() > 0.5
    ),
    "training errors": [
        round(float(h[-1, 0])) for h in (history_1, history_2)
    ],
}

# %% [markdown] name="self-test-text"
# ### Ten questions to yourself
#
# Decide on an answer, then open it: each says why it is right or not.
# Nothing is counted. The file `summary.md` holds the chapter on one page.

# %% name="self-test"
from autograde import self_test

self_test()

# %% [markdown] name="next"
# **Next: chapter 02.** The same loop, another loss: ten classes instead of
# one number.

# %% [markdown] name="title"
# # 2 Softmax regression and the MLP · softmax回归与多层感知机
#
# {{exercises}}. Reading and the cells to run come on top. It needs chapter 01:
# gradient descent, the chain rule, minibatches.
#
# You write every part of a digit reader yourself: the softmax, the loss, its
# gradient, the training loop, the measures, a convolution (卷积, one small
# filter for all places of an image). At the end five models of your own parts
# read 1,000 digits that none of them learned from.

# %% tags=["setup"] name="setup"
import copy
import itertools
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograde import check, hint
from autograde.figures import COLOURS, INK, show

torch.set_num_threads(1)

# %% [markdown] name="background"
# ## 1. Background · 背景介绍
#
# Chapter 01 predicted a number. Most questions put to a model ask for a
# choice: which digit, which language, which word comes next. The answer to
# such a question is a probability for each option, and the part that makes
# probabilities out of scores is the same everywhere, from this chapter's
# digits to the largest language model (chapter 03): the softmax.
#
# This chapter answers two of the course's articles (001 and 002 on the map in
# chapter 00). The **first article** names its two models, softmax regression
# and the convolutional network (section 2):
#
# > 在深度学习中，常用的数学模型有softmax回归和卷积神经网络（CNN）等。
# >
# > In deep learning, mathematical models in common use are softmax
# > regression, the convolutional neural network (CNN) and others.
#
# Its program is
#
# ```text
# Dense(128, relu) → Dense(64, relu) → Dense(10, softmax),  Adam, 10 epochs
# ```
#
# The **second article** has the same program with 64 and 64 units, and the
# formula of one layer, $y=\sigma(Wx+b)$.

# %% [markdown] name="background-plan"
# Neither article says what data to feed the program. We take the **MNIST**
# digits, which have its shape: 28 × 28 = 784 grey values in, 10 classes out.
#
# What you build, in this order:
#
# | section | you write | it serves |
# |---|---|---|
# | 3 | `softmax`, `one_hot`, `cross_entropy`, three measures | evaluation |
# | 4 | the gradient, dense layers, convolution, pooling | every network |
# | 5 | data, models, two training loops, fine-tuning | the project |
#
# The first cell below loads the data: 3,500 digits to train on, 500 to
# choose with (**validation set**, 验证集), 1,000 to measure with at the very
# end (**test set**, 测试集). Each class has equally many in each set.

# %% name="load-digits"
from autograde.datasets.digits import load_digits

digits = load_digits()
{
    "train": digits.X_train.shape,
    "validation": digits.X_val.shape,
    "test": digits.X_test.shape,
    "grey values": (float(digits.X_train.min()), float(digits.X_train.max())),
    "labels of each class": np.bincount(digits.y_train).tolist(),
}

# %% tags=["hide-input"] name="show-digits"
# Draws two digits of each class.
fig, axes = plt.subplots(2, 10, figsize=(9, 2.3))
for k in range(10):
    of_class_k = digits.X_train[digits.y_train == k]
    for row in range(2):
        image = of_class_k[row].reshape(28, 28)
        axes[row, k].imshow(image, cmap="gray_r")
        axes[row, k].axis("off")
    axes[0, k].set_title(k)
fig.suptitle("The same digit is written in many ways")
show(fig, alt="Two handwritten examples of each digit from 0 to 9, 28 by 28 "
     "pixels, dark on white; the two examples differ in slant and width.")

# %% [markdown] name="core-concepts"
# ## 2. Core concepts · 核心概念与联系
#
# - A **logit** (未归一化得分) is a score: any real number, one for each
#   class. `Z` has the shape (N, k): N samples, k classes.
# - The **softmax** turns the logits of one sample into probabilities: all
#   positive, with sum 1, in the same order as the logits.
# - A **one-hot** vector (独热编码) writes the right class as a probability
#   vector: 1 for it and 0 elsewhere.
# - The **cross-entropy** (交叉熵) is the loss: how surprised the model is by
#   the right class, $-\log p_{\text{right}}$, averaged over the samples.
#   With the natural logarithm its unit is the **nat** (纳特).
# - A **dense layer** (全连接层) computes $\sigma(Wx+b)$. One without σ,
#   followed by a softmax, is **softmax regression** (softmax回归). Several in
#   a row are a **multilayer perceptron** (多层感知机, MLP).
# - A **convolution** (卷积) moves one small filter over the whole image, so
#   it has few parameters and treats all places alike.
# - **Accuracy** (准确率) is the share of right answers. **Recall** (召回率)
#   asks of one class how many of its samples were found, **precision**
#   (精确率) how many of those called by its name are right.
#
# %% [markdown] name="nearest-mean-text"
# A model with logits needs no training to exist. Take the mean image
# $\mu_j$ of each class and ask which mean is nearest. The squared distance
# $\|x-\mu_j\|^2=\|x\|^2-2\mu_j^\top x+\|\mu_j\|^2$ has a first term that is
# the same for all classes, so the largest of
#
# $$z_j=\mu_j^\top x-\tfrac12\|\mu_j\|^2$$
#
# wins. That is a linear model, with weights $\mu_j$ and biases
# $-\tfrac12\|\mu_j\|^2$. It is our first opponent.

# %% name="nearest-mean"
means = np.stack([digits.X_train[digits.y_train == k].mean(axis=0)
                  for k in range(10)]).astype(np.float64)
W_mean, b_mean = means.T, -0.5 * (means**2).sum(axis=1)
Z_val = digits.X_val @ W_mean + b_mean
nearest_mean_val = float(np.mean(Z_val.argmax(axis=1) == digits.y_val))
{"Z": Z_val.shape, "nearest mean, validation accuracy": nearest_mean_val}

# %% tags=["hide-input"] name="show-logits"
# Draws a digit, its logits and its probabilities.
sample = 3
z = Z_val[sample]
p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
fig, axes = plt.subplots(1, 3, figsize=(9, 2.6))
axes[0].imshow(digits.X_val[sample].reshape(28, 28), cmap="gray_r")
axes[0].set(title=f"x: a {digits.y_val[sample]}", xticks=[], yticks=[])
axes[1].bar(range(10), z)
axes[1].set(title="logits z: any number", xlabel="class j",
            ylabel="score $z_j$", xticks=range(10))
axes[2].bar(range(10), p)
axes[2].set(title="softmax(z): sum 1", xlabel="class j",
            ylabel="probability $p_j$", xticks=range(10), ylim=(0, 1))
show(fig, alt="A handwritten digit, the bar chart of its ten logits, and the "
     "bar chart of the ten probabilities that softmax makes of them; the "
     "largest logit becomes by far the largest probability.")

# %% [markdown] name="nearest-mistakes"
# Section 3 begins with the softmax. Before it, one exercise without calculus:
# `nearest` below finds the nearest mean by its distance. The two functions
# after it compute scores as above, each with a slip in the bias. On many
# points all three agree.


# %% name="nearest"
def nearest(x, means):
    return int(((means - x) ** 2).sum(axis=1).argmin())


def nearest_1(x, means):
    return int((means @ x).argmax())


def nearest_2(x, means):
    return int((means @ x - (means**2).sum(axis=1)).argmax())


# %% [markdown] name="exercise-revealing-points"
# ### Exercise: `revealing_points`
#
# - **You write** points and means for which a mistaken function names another
#   class than `nearest`.
# - **Why**: a model that is wrong on few inputs looks right until someone
#   chooses the inputs. You choose them here.
# - **When it is right**, your inputs show both functions above to be mistaken.
#   The grader tries four more mistakes of the same kind, and your points are
#   the share that your inputs show: think of more than the two.

# %% exercise="revealing_points"
def revealing_points():
    """Return 1 to 3 pairs (x, means) that show mistakes in nearest.

    x:     (d,) floats, d from 1 to 5.
    means: (k, d) floats, one mean a row, k from 2 to 5.
           All numbers lie from -100 to 100.

    Returns a list of 1 to 3 such pairs.
    """
    ### BEGIN SOLUTION
    return [
        # the near mean is the longer one: the whole bias is too much
        (np.array([3.4, 0.0]), np.array([[4.0, 0.0], [1.0, 0.0]])),
        # 3 and 0 off, or 2 and 2: near in squares, far in absolute values
        (np.array([0.0, 0.0]), np.array([[0.0, 3.0], [2.0, 2.0]])),
        # many small differences against a larger one; and two equally near
        (
            np.zeros(5),
            np.array([[2.0] * 5, [0, 0, 0, 0, 3], [3, 0, 0, 0, 0]]),
        ),
    ]
    ### END SOLUTION


# %% [markdown] name="concepts-onward"
# The ideas go on into the next chapters: chapter 03 puts the same softmax and
# loss behind a recurrent cell, chapter 04 behind an LSTM, chapter 05 behind
# BERT. Only what makes the logits changes.

# %% [markdown] name="algorithm"
# ## 3. The algorithm, step by step · 核心算法原理具体操作步骤
#
# Softmax regression is learned in six steps. The first three and the fifth
# are written here; the gradient is derived in section 4, the loop that joins
# them runs in section 5.
#
# 1. Turn logits into probabilities: `softmax`.
# 2. Write the labels as one-hot rows: `one_hot`.
# 3. Measure how wrong the probabilities are: `cross_entropy`.
# 4. Find out which way the loss falls: `softmax_gradients` (section 4).
# 5. Measure what a user would notice: `accuracy`, `confusion_matrix`,
#    `precision_recall`.
# 6. Repeat 1 to 4 over minibatches: `train_softmax_regression` (section 5).
#
# **Step 1.** For the logits $z_1,\dots,z_k$ of one sample
#
# $$\operatorname{softmax}(z)_j=\frac{e^{z_j}}{\sum_{l=1}^{k}e^{z_l}}.$$
#
# A double-precision number ends near $10^{308}$, and $e^{710}$ is beyond it;
# in single precision, PyTorch's default, $e^{89}$ already is. With such
# logits the formula as it stands breaks. The way out: a constant $c$ taken
# from all logits of one sample changes nothing, because
# $e^{z_j-c}=e^{z_j}e^{-c}$ and the factor cancels. With $c=\max_l z_l$ the
# largest exponent is 0.

# %% [markdown] name="exercise-softmax"
# ### Exercise: `softmax`
#
# - **You write** the softmax of many samples at once, along any axis.
# - **Why**: it makes the probabilities of this chapter's classifiers, and of
#   those of chapters 03 to 05. (Chapter 04 shows that for two classes it is a
#   sigmoid.)
# - **When it is right**, `softmax([[1e4, 0, -1e4]])` is `[[1, 0, 0]]`,
#   without a `nan`.

# %% exercise="softmax"
def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Turn logits into probabilities along one axis.

    z:    logits, any shape (usually (N, k), one sample a row); floats or
          whole numbers of any dtype (in uint8, 3 - 5 is not below 0), or
          nested lists of them. A logit of -inf rules a class out: its
          probability is 0. (No sample has only -inf.)
    axis: the axis along which the logits of one sample lie; the last one
          unless said otherwise.

    Returns an array of floats with the shape of z. Every slice along
    `axis` sums to 1. Right for logits of 1e4 and -1e4, also when they
    stand in different rows. An empty batch (0, k) gives (0, k).
    """
    ### BEGIN SOLUTION
    z = np.asarray(z, dtype=np.float64)
    shifted = z - z.max(axis=axis, keepdims=True)
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
    ### END SOLUTION


# %% name="try-softmax"
with np.errstate(all="ignore"):
    z = np.array([[1e4, 0.0, -1e4]])
    as_the_formula_stands = np.exp(z) / np.exp(z).sum(axis=1)
{"formula as it stands": as_the_formula_stands,
 "yours": np.asarray(softmax(z))}

# %% [markdown] name="temperature"
# Divide the logits by a **temperature** (温度) $T$ before the softmax. A
# small $T$ makes the model bolder, a large one more careful; the order of the
# classes stays. Chapter 03 uses it to sample names.

# %% tags=["hide-input"] name="show-temperature"
# Draws one softmax at three temperatures.
z = Z_val[sample] / 10
fig, axes = plt.subplots(1, 3, figsize=(9, 2.5), sharey=True)
for axis, T in zip(axes, (0.2, 1.0, 5.0)):
    axis.bar(range(10), np.asarray(softmax(z / T)))
    axis.set(title=f"T = {T}", xlabel="class", xticks=range(10))
axes[0].set_ylabel("probability")
fig.suptitle("A higher temperature spreads the same logits more evenly")
show(fig, alt="Three bar charts of softmax(z / T) for the same logits: most "
     "probability on one class at T = 0.2, several classes at T = 1, "
     "almost equal bars at T = 5.")

# %% tags=["nbval-skip", "hide-input"] name="temperature-slider"
# Draws the softmax at the temperature of a slider.
from ipywidgets import FloatLogSlider

from autograde.figures import slide


def draw_at_temperature(T):
    probabilities = np.asarray(softmax(Z_val[sample] / 10 / T))
    fig, axis = plt.subplots(figsize=(5, 2.3))
    axis.bar(range(10), probabilities)
    axis.set(xlabel="class", ylabel="probability", ylim=(0, 1),
             title=f"T = {T:.2f}, largest {probabilities.max():.2f}")
    return fig, (f"Ten bars, the probability of each class at T = {T:.2f}; "
                 f"the largest is {probabilities.max():.2f}.")


slide(
    draw_at_temperature,
    T=FloatLogSlider(value=1, base=10, min=-1, max=1.5, step=0.05),
)


# %% [markdown] name="exercise-one-hot"
# **Step 2.** The labels are numbers 0 to k−1. The loss needs them as rows of
# 0 and 1.
#
# ### Exercise: `one_hot`
#
# - **You write** labels (N,) as rows (N, k) with a single 1.
# - **Why**: the gradient of the loss is "probabilities minus one-hot
#   labels".
# - **When it is right**, `one_hot([2, 0], 3)` is `[[0, 0, 1], [1, 0, 0]]`,
#   and a label of −1 is refused, not taken for the last class.

# %% exercise="one_hot"
def one_hot(y: np.ndarray, k: int) -> np.ndarray:
    """Write labels as one-hot rows.

    y: (N,) whole numbers from 0 to k-1 (an array of any integer dtype, or
       a list); N may be 0.
    k: number of classes; it may be larger than the largest label + 1.

    Returns (N, k) numbers: 1 in column y[i] of row i, 0 elsewhere.
    Raises ValueError where a label is below 0 or above k-1, and where y is
    not one-dimensional.
    """
    ### BEGIN SOLUTION
    y = np.asarray(y, dtype=np.int64)
    if y.ndim != 1:
        raise ValueError(f"labels of shape (N,) expected, got {y.shape}")
    if len(y) and (y.min() < 0 or y.max() >= k):
        raise ValueError(f"a label is outside 0 to {k - 1}")
    Y = np.zeros((len(y), k))
    Y[np.arange(len(y)), y] = 1
    return Y
    ### END SOLUTION


# %% [markdown] name="step-cross-entropy"
# **Step 3.** The first article's loss, for N samples (its $m$) and k classes:
#
# $$J=-\frac1N\sum_{i=1}^{N}\sum_{j=1}^{k}y_{ij}\log p_{ij}$$
#
# Only one $y_{ij}$ of each row is 1, so the inner sum picks
# $-\log p_{\text{right}}$. Computed literally it breaks once more: a
# probability can round to exactly 0, and $\log 0=-\infty$. Go from the
# logits straight to the logarithm, by **log-sum-exp**:
#
# $$\log p_j=z_j-\log\sum_l e^{z_l}
# =z_j-\Bigl(c+\log\sum_l e^{z_l-c}\Bigr),\qquad c=\max_l z_l.$$
#
# No probability is ever formed, so none is ever 0. Clipping $p$ at
# $10^{-12}$ also avoids the infinity, but it says 27.6 where 10,000 is
# right, and its gradient is 0 just where the model is most wrong.

# %% [markdown] name="exercise-cross-entropy"
# ### Exercise: `cross_entropy`
#
# - **You write** the mean cross-entropy, from logits.
# - **Why**: it is the loss of this chapter's classifiers and of those that
#   follow.
# - **When it is right**, equal logits for ten classes give log 10 = 2.3026,
#   and logits of ±1e4 a finite number.

# %% exercise="cross_entropy"
def cross_entropy(Z: np.ndarray, Y: np.ndarray) -> float:
    """Mean cross-entropy of the rows of Y, given logits.

    Z: (N, k) logits; any size up to 1e4. A logit may be -inf: it adds
       nothing where Y is 0, and makes the loss inf where Y is positive.
    Y: (N, k) target probabilities: one-hot rows, or any rows of numbers
       that are not negative and sum to 1 (soft labels).

    Returns one number, -1/N sum_ij Y_ij log softmax(Z)_ij (natural log).
    Raises ValueError where the shapes of Z and Y are not (N, k) twice,
    where there are no rows, and where a row of Y has a negative number or
    does not sum to 1 (within 1e-6).
    """
    ### BEGIN SOLUTION
    Z, Y = np.asarray(Z, np.float64), np.asarray(Y, np.float64)
    if Z.shape != Y.shape or Z.ndim != 2:
        raise ValueError(f"shapes {Z.shape} and {Y.shape}: (N, k) twice")
    if len(Z) == 0:
        raise ValueError("an empty batch has no mean loss")
    if (Y < 0).any() or (abs(Y.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("every row of Y must be a probability vector")
    largest = Z.max(axis=1, keepdims=True)
    total = np.exp(Z - largest).sum(axis=1, keepdims=True)
    log_p = Z - largest - np.log(total)
    terms = np.multiply(Y, log_p, where=Y > 0, out=np.zeros(Z.shape))
    return float(0 - terms.sum() / len(Z))
    ### END SOLUTION


# %% name="try-cross-entropy"
right = np.asarray(one_hot([0], 10), float)
undecided, sure = np.zeros((1, 10)), 1e4 * right
{
    "undecided": round(float(cross_entropy(undecided, right)), 4),
    "sure and right": round(float(cross_entropy(sure, right)), 4),
    "sure and wrong": round(float(cross_entropy(-sure, right)), 4),
}

# %% [markdown] name="exercise-accuracy"
# **Step 5.** A loss is for the optimiser. People ask other questions.
#
# ### Exercise: `accuracy`
#
# - **You write** the share of right answers.
# - **Why**: it is the first number that anyone asks for, and the easiest to
#   get wrong unnoticed: `y == y_hat` with shapes (N,) and (N, 1) compares
#   every sample with every other.
# - **When it is right**, labels that do not match in shape are refused.

# %% exercise="accuracy"
def accuracy(y: np.ndarray, y_hat: np.ndarray) -> float:
    """Share of predictions that equal the label.

    y:     (N,) true labels, whole numbers 0 to 999; N at least 1, maybe
           far above 255; array (also uint8) or list.
    y_hat: (N,) predicted labels.

    Returns one number from 0 to 1.
    Raises ValueError where the two shapes differ, where they are not
    one-dimensional, and where there is no sample.
    """
    ### BEGIN SOLUTION
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape or y.ndim != 1:
        raise ValueError(f"shapes {y.shape} and {y_hat.shape}: (N,) twice")
    if len(y) == 0:
        raise ValueError("no samples, so no accuracy")
    return float(np.mean(y == y_hat))
    ### END SOLUTION


# %% [markdown] name="exercise-confusion"
# ### Exercise: `confusion_matrix`
#
# - **You write** the **confusion matrix** (混淆矩阵): the table that counts,
#   for each true class (row), how often each class (column) was answered.
# - **Why**: it shows which classes are taken for which; every other measure
#   can be read off it.
# - **When it is right**, its sum is the number of samples, also when the
#   same pair comes many times.

# %% exercise="confusion_matrix"
def confusion_matrix(y: np.ndarray, y_hat: np.ndarray, k: int) -> np.ndarray:
    """Count pairs of true and predicted class.

    y, y_hat: (N,) true and predicted labels, whole numbers 0 to k-1;
              arrays of any integer dtype (also uint8), or lists; N may
              be 0, and far above 255.
    k:        number of classes, also those that never occur.

    Returns C, (k, k), of an integer dtype: C[i, j] samples of the true
    class i were predicted as class j.
    Raises ValueError where the shapes of y and y_hat differ, and where a
    label of either is below 0 or above k-1.
    """
    ### BEGIN SOLUTION
    y, y_hat = np.asarray(y, np.int64), np.asarray(y_hat, np.int64)
    if y.shape != y_hat.shape:
        raise ValueError(f"shapes {y.shape} and {y_hat.shape} differ")
    for labels in (y, y_hat):
        if labels.size and (labels.min() < 0 or labels.max() >= k):
            raise ValueError(f"a label is outside 0 to {k - 1}")
    C = np.zeros((k, k), dtype=np.int64)
    np.add.at(C, (y, y_hat), 1)
    return C
    ### END SOLUTION


# %% [markdown] name="exercise-precision-recall"
# ### Exercise: `precision_recall`
#
# - **You write** both measures for every class:
#   $\text{precision}_j=C_{jj}/\sum_i C_{ij}$ and
#   $\text{recall}_j=C_{jj}/\sum_l C_{jl}$.
# - **Why**: the article names 准确率 and 召回率 as the measures of a model.
#   Accuracy hides a class that the model never answers.
# - **When it is right**, a class that was never predicted has precision 0,
#   not `nan`.

# %% exercise="precision_recall"
def precision_recall(
    y: np.ndarray, y_hat: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall of each class.

    y, y_hat: (N,) true and predicted labels, whole numbers 0 to k-1;
              arrays or lists; N may be 0.
    k:        number of classes.

    Returns (precision, recall), each (k,) floats from 0 to 1.
    precision[j]: of the samples predicted as j, the share that are j;
                  0 where j was never predicted.
    recall[j]:    of the samples that are j, the share predicted as j;
                  0 where no sample is j.
    """
    ### BEGIN SOLUTION
    C = confusion_matrix(y, y_hat, k)
    hits = np.diag(C).astype(np.float64)
    predicted, present = C.sum(axis=0), C.sum(axis=1)
    precision = hits / np.maximum(predicted, 1)
    recall = hits / np.maximum(present, 1)
    return precision, recall
    ### END SOLUTION


# %% [markdown] name="measure-nearest-mean"
# The first opponent, measured with your functions. Which digit does it
# find least often, and which name does it use too freely?

# %% name="try-measures"
y_hat = Z_val.argmax(axis=1)
precision, recall = map(np.asarray, precision_recall(digits.y_val, y_hat, 10))
print("accuracy ", float(accuracy(digits.y_val, y_hat)))
print("class    ", *(f"{k:5d}" for k in range(10)))
print("precision", *(f"{value:5.2f}" for value in precision))
print("recall   ", *(f"{value:5.2f}" for value in recall))

# %% [markdown] name="mathematics"
# ## 4. The mathematics · 数学模型和公式详细讲解举例说明
#
# ### 4.1 From the article's formulas to the gradient
#
# The first article writes
# $\text{softmax}(x)=\dfrac{e^{x}}{\sum_{j=1}^{k}e^{x_j}}$ and the loss
# with $\log(\text{softmax}(x_{ij}))$, for "a weight vector $w$". Read
# strictly, three things slip:
#
# - The numerator exponentiates the whole vector $x$, the denominator its
#   components. Meant is one component over the sum: $e^{z_j}/\sum_l e^{z_l}$.
# - $\text{softmax}(x_{ij})$ takes a single number. The softmax of a single
#   number is always 1, its logarithm 0, and the loss would be 0 for every
#   model. Meant is $\text{softmax}(z_i)_j$.
# - The features $x$ are not the logits. Between them stands
#   $z_i=W^\top x_i+b$, and for k classes the weights are a matrix (d, k), one
#   column a class, not a vector.
#
# With $Z=XW+b$ and $P=\text{softmax}(Z)$ by rows, the loss is
# $J=-\frac1N\sum_{ij}Y_{ij}\log P_{ij}$. It is what maximum likelihood asks
# for: the probability of all labels is $\prod_i P_{i,y_i}$; its logarithm,
# with a minus and divided by N, is $J$.

# %% [markdown] name="gradient-derived"
# **The gradient.** For one sample, with $s=\sum_l e^{z_l}$,
#
# $$\log p_j=z_j-\log s,\qquad
# \frac{\partial\log p_j}{\partial z_r}=[j=r]-\frac{e^{z_r}}{s}=[j=r]-p_r.$$
#
# So
# $\frac{\partial}{\partial z_r}\bigl(-\sum_j y_j\log p_j\bigr)
# =-y_r+p_r\sum_j y_j=p_r-y_r$, because the $y_j$ sum to 1. Probabilities
# minus labels: nothing else is left of softmax and logarithm. The chain rule
# of chapter 01 carries it to the parameters:
#
# $$\frac{\partial J}{\partial Z}=\frac1N(P-Y),\qquad
# \frac{\partial J}{\partial W}=\frac1N X^\top(P-Y),\qquad
# \frac{\partial J}{\partial b}=\frac1N\sum_i(P-Y)_i.$$
#
# **By hand.** One sample $x=(1,2)$, $W=0$, $b=(\ln1,\ln2,\ln5)$, right
# class 1. The exponentials are 1, 2, 5 with sum 8, so
# $p=(\frac18,\frac28,\frac58)$ and $J=-\ln\frac28=\ln4\approx1.3863$. Then
# $p-y=(0.125,-0.75,0.625)=\partial J/\partial b$, and $\partial J/\partial W$
# has this row once and, since $x_2=2$, twice.

# %% [markdown] name="exercise-gradients"
# ### Exercise: `softmax_gradients`
#
# - **You write** ∂J/∂W and ∂J/∂b.
# - **Why**: they are all that gradient descent needs.
# - **When it is right**, the example by hand comes out, and central
#   differences agree.

# %% exercise="softmax_gradients"
def softmax_gradients(
    X: np.ndarray, W: np.ndarray, b: np.ndarray, Y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of the mean cross-entropy of softmax(X W + b).

    X: (N, d) inputs, floats or whole numbers.   W: (d, k) weights.
    b: (k,) biases.                              Y: (N, k) one-hot rows.

    Returns (dW, db), of the shapes (d, k) and (k,).
    Right where logits reach 1e4. Raises ValueError where the shapes of X,
    W, b and Y do not fit together as above, and where N is 0.
    """
    ### BEGIN SOLUTION
    N, d = np.shape(X)
    k = len(b)
    if np.shape(W) != (d, k) or np.shape(Y) != (N, k) or np.ndim(b) != 1:
        raise ValueError("X (N, d), W (d, k), b (k,), Y (N, k) expected")
    if N == 0:
        raise ValueError("an empty batch has no mean gradient")
    P = softmax(X @ W + b)
    G = (P - Y) / N
    return X.T @ G, G.sum(axis=0)
    ### END SOLUTION


# %% name="by-hand"
x, W, b = np.array([[1.0, 2.0]]), np.zeros((2, 3)), np.log([1.0, 2.0, 5.0])
Y = np.asarray(one_hot([1], 3), float)
dW, db = map(np.asarray, softmax_gradients(x, W, b, Y))
print("loss", round(float(cross_entropy(x @ W + b, Y)), 4))
print("db  ", db.round(4))
print("dW  ", dW.round(4).tolist())

# %% [markdown] name="gradient-check-text"
# Chapter 01's test of every gradient: move each parameter a little both ways
# and look at the loss. The weights must not start at zero here, since zeros
# hide mistakes.

# %% name="gradient-check"
rng = np.random.default_rng(2)
X, W = rng.normal(size=(6, 4)), rng.normal(size=(4, 3))
b, Y = rng.normal(size=3), np.asarray(one_hot([2, 0, 1, 1, 2, 0], 3), float)
dW, db = map(np.asarray, softmax_gradients(X, W, b, Y))
numerical = np.zeros_like(W)
for index in np.ndindex(*W.shape):
    step = np.zeros_like(W)
    step[index] = 1e-5
    up, down = (float(cross_entropy(X @ (W + s * step) + b, Y))
                for s in (1, -1))
    numerical[index] = (up - down) / 2e-5
print("agree to 1e-8:", bool(np.abs(numerical - dW).max() < 1e-8))

# %% [markdown] name="dense-text"
# ### 4.2 The dense layer $y=\sigma(Wx+b)$
#
# The second article's formula has the column $x$ on the right of $W$, so
# there $W$ has one row an output: (m, d). `torch.nn.Linear` stores it so.
# Keras stores (d, m) and computes $xW+b$, like `softmax_gradients` above.
# Both are in use; look at the shape before you multiply.
#
# σ is an **activation function** (激活函数). Without one, two layers are no
# more than one: $W_2(W_1x+b_1)+b_2=(W_2W_1)x+(W_2b_1+b_2)$.
#
# The **sigmoid** $1/(1+e^{-z})=e^z/(1+e^z)$ is one; it squeezes a number into
# 0 to 1. Each form overflows on one side: the first at $-10^4$ (where
# $1/\infty=0$ happens to be right), the second at $+10^4$ (where
# $\infty/\infty$ is `nan`). The **ReLU** $\max(z,0)$ never overflows.

# %% [markdown] name="exercise-sigmoid"
# ### Exercise: `sigmoid`
#
# - **You write** the sigmoid, for any array.
# - **Why**: it gates the LSTM of chapter 04 and decides between two
#   classes.
# - **When it is right**, ±1e4 give 1 and 0, never `nan`.

# %% exercise="sigmoid"
def sigmoid(z: np.ndarray) -> np.ndarray:
    """The logistic function 1 / (1 + exp(-z)), number by number.

    z: array of any shape (also empty), a number, or a list; floats or
       whole numbers of any dtype (in uint8, -z is not below 0), up to
       1e4 on both sides.

    Returns floats from 0 to 1 in the shape of z, none of them nan.
    """
    ### BEGIN SOLUTION
    z = np.asarray(z, dtype=np.float64)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    ### END SOLUTION


# %% [markdown] name="exercise-relu"
# ### Exercise: `relu`
#
# - **You write** the rectified linear unit.
# - **Why**: it is the activation of both articles' networks.
# - **When it is right**, negative numbers become 0, the others stay, and
#   the array that was passed in is as before.

# %% exercise="relu"
def relu(z: np.ndarray) -> np.ndarray:
    """max(z, 0), number by number.

    z: array of any shape (also empty), or a list; floats up to 1e9 in
       size, or whole numbers of any dtype (also uint8).

    Returns an array of numbers in the shape of z; z is not changed.
    """
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


# %% [markdown] name="exercise-dense"
# ### Exercise: `dense`
#
# - **You write** one layer, for a single sample and for a batch.
# - **Why**: networks are layers of this kind in a row.
# - **When it is right**, one sample (d,) gives (m,), a batch (N, d) gives
#   (N, m), and the numbers are those of `torch.nn.Linear`.

# %% exercise="dense"
def dense(x: np.ndarray, W: np.ndarray, b: np.ndarray, sigma) -> np.ndarray:
    """One dense layer, sigma(W x + b).

    x:     (d,) one sample, or (N, d) one sample a row; floats or whole
           numbers.
    W:     (m, d) weights, one row an output.     b: (m,) biases.
    sigma: a function of an array, applied to each of its numbers.

    Returns (m,) for one sample, (N, m) for a batch.
    """
    ### BEGIN SOLUTION
    return sigma(x @ W.T + b)
    ### END SOLUTION


# %% name="try-dense"
rng = np.random.default_rng(4)
x = rng.normal(size=(5, 7))
W1, b1 = rng.normal(size=(6, 7)), rng.normal(size=6)
W2, b2 = rng.normal(size=(3, 6)), rng.normal(size=3)
same = lambda z: z  # noqa: E731
inner = np.asarray(dense(x, W1, b1, same))
linear = np.asarray(dense(inner, W2, b2, same))
inner = np.asarray(dense(x, W1, b1, lambda z: np.asarray(relu(z))))
bent = np.asarray(dense(inner, W2, b2, same))
one_layer = dense(x, W2 @ W1, W2 @ b1 + b2, same)
{
    "two linear layers = one layer": np.allclose(linear, one_layer),
    "two layers with ReLU = it": np.allclose(bent, one_layer),
}

# %% [markdown] name="parameters-text"
# A dense layer from d to m units has $dm$ weights and $m$ biases. The first
# article's network: $(784+1)\cdot128+(128+1)\cdot64+(64+1)\cdot10=109{,}386$.
# The second's: $785\cdot64+65\cdot64+65\cdot10=55{,}050$. Softmax regression:
# $785\cdot10=7{,}850$. In section 5 your own count confirms them.

# %% [markdown] name="convolution-text"
# ### 4.3 The convolution
#
# A dense layer knows nothing of neighbourhood: shuffle the 784 pixels of all
# images in the same way, and it learns just as well. A convolution looks at
# small windows. With an image of C channels and a **kernel** (卷积核) of
# height $h$ and width $w$ for each of D filters:
#
# $$Y_{n,q,i,j}=\sum_{c=1}^{C}\sum_{u=0}^{h-1}\sum_{v=0}^{w-1}
# X_{n,c,\,i+u,\,j+v}\,K_{q,c,u,v}$$
#
# ($Y$ is the output here, not the labels.) It is $h-1$ rows and $w-1$ columns
# smaller than the image. Mathematicians call this a cross-correlation; their
# convolution turns the kernel by 180° first. Deep learning leaves it as it
# is, since the kernel is learned anyway.
#
# **By hand.** Image rows (1, 2, 0), (0, 1, 3), (2, 0, 1), kernel rows (1, 0),
# (0, −1). Upper left window: $1\cdot1-1\cdot1=0$. Upper right:
# $2\cdot1-3\cdot1=-1$. Lower left: $0-0=0$. Lower right: $1-1=0$.

# %% tags=["hide-input"] name="draw-convolution"
# Draws the kernel at the second place of the image, with the numbers above.
from autograde.figures import convolution

numbers = [[1, 2, 0], [0, 1, 3], [2, 0, 1]]
show(*convolution(numbers, [[1, 0], [0, -1]], row=0, column=1))

# %% [markdown] name="exercise-conv2d"
# ### Exercise: `conv2d`
#
# - **You write** the convolution of a batch of images, as deep learning
#   means it: stride 1 (one pixel at a time), no padding (填充, a rim of
#   zeros).
# - **Why**: it is the C in CNN, which articles 001 and 004 name, and no more
#   than the sum above.
# - **When it is right**, it equals `torch.nn.functional.conv2d`. Loops over
#   the kernel's few positions are fast enough; loops over the pixels are
#   not.

# %% exercise="conv2d"
def conv2d(X: np.ndarray, K: np.ndarray) -> np.ndarray:
    """Slide kernels over images (cross-correlation, stride 1, no padding).

    X: (N, C, H, W) images, floats or whole numbers (also uint8), in any
       order in memory; N may be 0.
    K: (D, C, h, w) one kernel for each of D filters, floats or int64;
       h from 1 to H, w from 1 to W.

    Returns (N, D, H-h+1, W-w+1) numbers.
    Raises ValueError where the channels of X and K differ in number, and
    where the kernel is higher or wider than the image.
    """
    ### BEGIN SOLUTION
    X, K = np.asarray(X, np.float64), np.asarray(K, np.float64)
    N, C, H, W = X.shape
    filters, channels, h, w = K.shape
    if channels != C:
        raise ValueError(f"{C} channels in X, {channels} in K")
    if h > H or w > W:
        raise ValueError(f"a kernel {h} x {w} on an image {H} x {W}")
    height, width = H - h + 1, W - w + 1
    Y = np.zeros((N, filters, height, width))
    for u in range(h):
        for v in range(w):
            window = X[:, :, u : u + height, v : v + width]
            Y += np.einsum("ncij,fc->nfij", window, K[:, :, u, v])
    return Y
    ### END SOLUTION


# %% name="try-conv2d"
image = np.array([[1.0, 2, 0], [0, 1, 3], [2, 0, 1]])
kernel = np.array([[1.0, 0], [0, -1]])
np.asarray(conv2d(image[None, None], kernel[None, None]))[0, 0].tolist()

# %% [markdown] name="conv-speed-text"
# It computes the right sum. How long does it take beside PyTorch's, on 64
# images and 16 kernels?

# %% tags=["nbval-ignore-output", "hide-input"] name="conv-speed"
# Prints how long both convolutions take.
X, K = rng.random((64, 8, 28, 28)), rng.random((16, 8, 3, 3))
began = time.perf_counter()
conv2d(X, K)
middle = time.perf_counter()
F.conv2d(torch.tensor(X), torch.tensor(K))
end = time.perf_counter()
print(f"yours {1e3 * (middle - began):.0f} ms,",
      f"PyTorch's {1e3 * (end - middle):.0f} ms")

# %% tags=["hide-input"] name="show-edges"
# Draws what two edge filters make of a digit.
picture = digits.X_val[sample].reshape(1, 1, 28, 28)
down = np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
edges = np.asarray(conv2d(picture, np.stack([down, down.T])[:, None]))[0]
fig, axes = plt.subplots(1, 3, figsize=(8, 2.9))
axes[0].imshow(picture[0, 0], cmap="gray_r")
axes[0].set_title("input, 28 × 28")
for axis, result, name in zip(axes[1:], edges, ("horizontal", "vertical")):
    shown = axis.imshow(result, cmap="PuOr", vmin=-4, vmax=4)
    axis.set_title(f"{name} edges, 26 × 26")
for axis in axes:
    axis.set(xticks=[], yticks=[])
fig.colorbar(shown, ax=axes, label="filter response", shrink=0.8)
show(fig, alt="A digit and what two 3 by 3 kernels make of it: one responds "
     "at upper and lower edges of the strokes, the other at left and right "
     "edges; both results are 26 by 26 pixels.")

# %% [markdown] name="exercise-max-pool"
# ### Exercise: `max_pool2d`
#
# - **You write** max pooling: keep the largest number of each window,
#   windows side by side.
# - **Why**: it halves the image and makes a small shift matter less.
# - **When it is right**, 28 × 28 becomes 14 × 14 for windows of size 2, and
#   an image of 5 × 7 becomes 2 × 3: what fills no window is dropped.

# %% exercise="max_pool2d"
def max_pool2d(X: np.ndarray, size: int) -> np.ndarray:
    """Largest number of each size x size window (stride = size).

    X:    (N, C, H, W) numbers, floats or whole, also negative ones, in
          any order in memory.
    size: side of the windows, at least 1 and at most H and W.

    Returns (N, C, H // size, W // size). Rows and columns at the lower and
    right edge that do not fill a window are left out.
    """
    ### BEGIN SOLUTION
    N, C, H, W = X.shape
    h, w = H // size, W // size
    whole = X[:, :, : h * size, : w * size]
    return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))
    ### END SOLUTION


# %% [markdown] name="exercise-conv2d-gradients"
# ### Bonus: `conv2d_gradients`
#
# For those who want more. There is no stub: the cell is empty.
#
# - **You write** `conv2d_gradients(X, K, dY)`. `X` (N, C, H, W) and `K`
#   (D, C, h, w) are those of `conv2d`, `dY` (N, D, H-h+1, W-w+1) is the
#   gradient of a loss with respect to its result. Return `dX` and `dK`, the
#   gradients with respect to `X` and `K`, in their shapes; `X` and `K` are
#   not changed.
# - **Why**: with it your own convolution can be trained. The number
#   $Y_{n,q,i,j}$ depends on $X_{n,c,i+u,j+v}$ with the slope $K_{q,c,u,v}$,
#   and the other way round. The rest is the chain rule.
# - **When it is right**, it equals what PyTorch computes.

# %% exercise="conv2d_gradients"
### BEGIN SOLUTION
def conv2d_gradients(X, K, dY):
    """Gradients (dX, dK) of a loss whose gradient at conv2d(X, K) is dY."""
    height, width = dY.shape[2:]
    dX, dK = np.zeros(X.shape), np.zeros(K.shape)
    for u, v in np.ndindex(*K.shape[2:]):
        place = np.s_[:, :, u : u + height, v : v + width]
        dK[:, :, u, v] = np.einsum("nqij,ncij->qc", dY, X[place])
        dX[place] += np.einsum("nqij,qc->ncij", dY, K[:, :, u, v])
    return dX, dK
### END SOLUTION


# %% [markdown] name="project"
# ## 5. Project · 项目实践：代码实例和详细解释说明
#
# The first article names five steps: 数据收集与预处理, 模型设计, 训练, 微调, 评估
# (data, model design, training, fine-tuning, evaluation). Here they are, on
# the digits.
#
# ### Step 1: data · 数据收集与预处理
#
# The digits are collected, scaled to 0 to 1, and split. Two things are left
# to do. Chapter 01 showed what scaled inputs allow: larger steps, and so
# fewer of them. We take off the mean and divide by the standard deviation.
# Both come **from the training images alone**: a number computed from the
# test images would be knowledge about the test.

# %% [markdown] name="exercise-standardise"
# ### Exercise: `standardise`
#
# - **You write** the same scaling for the training set and another set, by
#   one mean and one deviation for all pixels. Chapter 01's `standardize` took
#   those of each column; here many columns, at the rim, are always 0.
# - **Why**: a test set scaled with its own mean is a test that leaks.
# - **When it is right**, the training set has mean 0 and standard deviation
#   1; the other set has not quite.

# %% exercise="standardise"
def standardise(
    X_train: np.ndarray, X_other: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scale two sets by the mean and standard deviation of the first.

    X_train: (N, d) numbers, N at least 1, floats or whole numbers of any
             dtype; they may differ by very little.
    X_other: (M, d) numbers.

    Returns both sets, scaled: (x - mean) / sd. `mean` and `sd` are single
    numbers, taken over all N * d numbers of X_train; sd is the population
    one (divided by N * d). Where all numbers of X_train are equal, sd
    counts as 1. The inputs are not changed.
    """
    ### BEGIN SOLUTION
    mean, sd = np.mean(X_train), np.std(X_train)
    if np.ptp(X_train) == 0:  # safer than sd == 0, which rounding may miss
        sd = 1.0
    return (X_train - mean) / sd, (X_other - mean) / sd
    ### END SOLUTION


# %% [markdown] name="exercise-shift"
# More data helps (step 3 measures how much), and some of it is free: a digit
# moved by one pixel is the same digit. This is **data augmentation**
# (数据增强).
#
# ### Exercise: `shift_images`
#
# - **You write** a shift of whole images.
# - **Why**: it makes five training images of each one, and in section 6 it
#   tests what the models have understood.
# - **When it is right**, what leaves the frame is gone; it does not come in
#   again on the other side.

# %% exercise="shift_images"
def shift_images(
    images: np.ndarray, dy: int, dx: int, fill: float = 0.0
) -> np.ndarray:
    """Move the content of images; fill what becomes free.

    images: (N, H, W) numbers, floats or whole (also uint8).
    dy, dx: by how many pixels; dy > 0 moves down, dx > 0 to the right,
            negative numbers up and to the left. May exceed H and W.
    fill:   the number that free places get, one that the dtype of
            `images` can hold.

    Returns (N, H, W), a new array, also where nothing moves: it shares no
    memory with `images`. What leaves the frame is lost.
    """
    ### BEGIN SOLUTION
    N, H, W = images.shape
    moved = np.full((N, H, W), fill, dtype=images.dtype)
    if abs(dy) < H and abs(dx) < W:
        top, left = max(dy, 0), max(dx, 0)
        kept = images[:, max(-dy, 0) : H - top, max(-dx, 0) : W - left]
        height, width = kept.shape[1:]
        moved[:, top : top + height, left : left + width] = kept
    return moved
    ### END SOLUTION


# %% [markdown] name="data-arrays-text"
# The sets, scaled, as double-precision arrays and as tensors. Processors
# round differently, and each step of training carries the difference on. In
# double precision it stays small enough for the printed digits to agree.

# %% name="data-arrays"
raw = digits.X_train.astype(np.float64)


def scaled(X):
    """X, scaled like the training images, in double precision."""
    return np.asarray(standardise(raw, X)[1], dtype=np.float64)


X_train, X_val, X_test = map(scaled, (raw, digits.X_val, digits.X_test))
y_train, y_val, y_test = digits.y_train, digits.y_val, digits.y_test
t_train, t_val, t_test = map(torch.tensor, (X_train, X_val, X_test))
l_train, l_val, l_test = map(torch.tensor, (y_train, y_val, y_test))


def epoch_orders(epochs, samples, seed):
    """(epochs, samples): for each epoch, the order of the samples."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(samples) for _ in range(epochs)])


round(float(X_train.mean()), 6), round(float(X_test.mean()), 3)

# %% [markdown] name="exercise-build-mlp"
# ### Step 2: model design · 模型设计
#
# ### Exercise: `build_mlp`
#
# - **You write** a network of dense layers with ReLU between them, in
#   PyTorch.
# - **Why**: `build_mlp([784, 128, 64, 10])` is the first article's program,
#   `build_mlp([784, 64, 64, 10])` the second's, and `build_mlp([784, 10])`
#   softmax regression.
# - **When it is right**, it returns logits: the articles' last
#   `activation='softmax'` is *not* there, because PyTorch's loss contains
#   it.

# %% exercise="build_mlp"
def build_mlp(sizes: list[int]) -> nn.Module:
    """A multilayer perceptron that returns logits.

    sizes: units of each layer, the input first, the classes last; at least
           two numbers.

    Returns a module of len(sizes) - 1 `nn.Linear` layers (with biases, as
    PyTorch initialises them), ReLU between each two, nothing after the
    last. It maps (N, sizes[0]) to (N, sizes[-1]).
    Raises ValueError where there are fewer than two sizes.
    """
    ### BEGIN SOLUTION
    if len(sizes) < 2:
        raise ValueError("an input size and an output size are needed")
    layers = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
    ### END SOLUTION


# %% [markdown] name="exercise-count"
# ### Exercise: `count_parameters`
#
# - **You write** the number that makes a model "large": how many parameters
#   it learns.
# - **Why**: it is the first cost of a model, in memory and in data.
# - **When it is right**, the articles' networks have 109,386 and 55,050.

# %% exercise="count_parameters"
def count_parameters(model: nn.Module) -> int:
    """Number of trainable parameters of a module, an int.

    Counts every number in every parameter that requires a gradient, a
    tensor that two layers share once. Buffers (such as the running means
    of BatchNorm) and frozen parameters do not count.
    """
    ### BEGIN SOLUTION
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
    ### END SOLUTION


# %% name="try-count"
def ready(model):
    """`model` in double precision, run once: lazy layers then have sizes."""
    model = model.double()
    with torch.no_grad():
        model(torch.zeros(2, 784, dtype=torch.float64))
    return model


def count_of(model):
    """Number of trainable parameters of a model of 784 grey values."""
    return int(count_parameters(ready(model)))


{
    "softmax regression": count_of(build_mlp([784, 10])),
    "first article, 128-64": count_of(build_mlp([784, 128, 64, 10])),
    "second article, 64-64": count_of(build_mlp([784, 64, 64, 10])),
}

# %% [markdown] name="exercise-build-cnn"
# ### Exercise: `build_cnn`
#
# - **You write** a small convolutional network.
# - **Why**: it has a twelfth of the parameters of the first article's
#   network. We shall see which reads better.
# - **When it is right**, it takes the same rows of 784 grey values as the
#   other models and returns ten logits.

# %% exercise="build_cnn"
def build_cnn(c1: int, c2: int, k: int) -> nn.Module:
    """A convolutional network for 28 x 28 images, returning logits.

    c1, c2: channels of the first and the second convolution.
    k:      number of classes.

    Returns a module that maps (N, 784) to (N, k), N at least 1, with
    weights and biases as PyTorch initialises them; made of, in this order:
    rows to images (N, 1, 28, 28); `nn.Conv2d` 1 to c1, 3 x 3, padding 1;
    ReLU; max pooling 2 x 2; `nn.Conv2d` c1 to c2, 3 x 3, padding 1; ReLU;
    max pooling 2 x 2; flatten; `nn.Linear` from c2 * 7 * 7 to k.
    """
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, c1, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(c1, c2, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(c2 * 7 * 7, k),
    )
    ### END SOLUTION


# %% name="count-cnn"
untrained = ready(build_cnn(8, 16, 10))
sorted(tuple(p.shape) for p in untrained.parameters())

# %% [markdown] name="count-cnn-text"
# 72 + 8 for the first convolution, 1,152 + 16 for the second, 7,840 + 10 for
# the dense layer: 9,098 in all.

# %% [markdown] name="exercise-train-softmax"
# ### Step 3: training · 训练
#
# ### Exercise: `train_softmax_regression`
#
# - **You write** minibatch gradient descent for softmax regression, out of
#   your own functions and NumPy alone.
# - **Why**: it joins what you have written so far in about fifteen lines.
# - **When it is right**, it gets about nine of ten digits right within two
#   seconds.

# %% exercise="train_softmax_regression"
def train_softmax_regression(
    X, y, X_val, y_val, k: int, alpha: float, batch_size: int, orders
):
    """Softmax regression by minibatch gradient descent, from zero.

    X: (N, d), y: (N,)          training inputs and labels 0 to k-1, not
                                all of which need occur; the inputs may
                                be in the hundreds
    X_val: (M, d), y_val: (M,)  validation inputs and labels
    alpha:      learning rate
    batch_size: samples a step, at least 1; may exceed N
    orders:     (epochs, N) whole numbers; row e is the order in which
                epoch e visits the samples

    W (d, k) and b (k,) start at zero. Each epoch cuts its row of `orders`
    into batches of batch_size, in that order; the last batch may be
    smaller and is used as well. Each batch makes one step down the
    gradient of its mean cross-entropy.

    Returns (W, b, losses, accuracies): the parameters at the end, and for
    each epoch, measured after it, the mean cross-entropy over all of X
    (epochs,) and the accuracy on the validation set (epochs,).
    """
    ### BEGIN SOLUTION
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    Y = one_hot(y, k)
    losses, accuracies = [], []
    for order in orders:
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            dW, db = softmax_gradients(X[rows], W, b, Y[rows])
            W = W - alpha * dW
            b = b - alpha * db
        losses.append(cross_entropy(X @ W + b, Y))
        y_hat = np.argmax(X_val @ W + b, axis=1)
        accuracies.append(accuracy(y_val, y_hat))
    return W, b, np.array(losses), np.array(accuracies)
    ### END SOLUTION


# %% name="run-softmax"
seconds = {}
began = time.process_time()
trained = train_softmax_regression(
    X_train, y_train, X_val, y_val, k=10, alpha=0.01, batch_size=32,
    orders=epoch_orders(20, len(X_train), seed=0))
W_soft, b_soft, losses, accuracies = (
    np.asarray(part, float) for part in trained)
seconds["softmax regression"] = time.process_time() - began
print("loss      ", *losses[[0, 1, 4, 9, 19]].round(3))
print("validation", *accuracies[[0, 1, 4, 9, 19]].round(3))

# %% tags=["hide-input"] name="show-softmax-training"
# Draws loss and accuracy by epoch.
fig, axes = plt.subplots(1, 2, figsize=(8, 2.8))
epochs = np.arange(1, len(losses) + 1)
axes[0].plot(epochs, losses, marker="o")
axes[0].set(xlabel="epoch", ylabel="training loss (nats)",
            title="The loss goes on falling")
axes[1].plot(epochs, 100 * accuracies, marker="s",
             color=COLOURS[1])
axes[1].set(xlabel="epoch", ylabel="validation accuracy (%)",
            title="The accuracy has levelled off")
for axis in axes:
    axis.set_xticks(range(0, 21, 5))
show(fig, alt="Two curves over 20 epochs of softmax regression: the training "
     "loss falls all the way, the validation accuracy rises fast and stays "
     "about level in the second half.")

# %% [markdown] name="exercise-train-classifier"
# One loop for every PyTorch model of this chapter. It keeps the parameters of
# the **best epoch** (early stopping, 早停): a network that has enough
# parameters goes on to learn its training set by heart, and its validation
# loss rises again.
#
# ### Exercise: `train_classifier`
#
# - **You write** the training loop: Adam, minibatches, validation, best
#   epoch.
# - **Why**: the training loops of the later chapters are variations of it.
# - **When it is right**, the model it leaves behind has the lowest
#   validation loss of its history.

# %% exercise="train_classifier"
def train_classifier(
    model: nn.Module, X, y, X_val, y_val, orders, batch_size: int,
    alpha: float,
) -> dict:
    """Train `model` (logits!) with Adam and cross-entropy, in place.

    X: (N, ...), y: (N,) int64          training tensors
    X_val: (M, ...), y_val: (M,) int64  validation tensors
    orders: (epochs, N) whole numbers (array or tensor): the order in which
            each epoch visits the samples; cut into batches of batch_size,
            the last, smaller one included
    alpha:  learning rate of `torch.optim.Adam`, all else its default

    `model` may come in either mode, with frozen parameters anywhere, and
    with gradients left from before, which must not count. Weights are
    updated in train mode; the validation set is measured after
    each epoch in eval mode, without gradients. Parameters that require no
    gradient stay as they are. Afterwards the model is in eval mode and
    holds parameters and buffers of the best epoch: the one with the lowest
    validation loss, the first of equals.

    Returns a dict of numbers (or tensors that hold no graph):
    "train_loss":   for each epoch, the mean over its N samples of the loss
                    that each had when its batch was used
    "val_loss":     mean cross-entropy on the validation set, for each epoch
    "val_accuracy": share of right answers there, for each epoch
    "best_epoch":   number of the best epoch, counted from 0
    """
    ### BEGIN SOLUTION
    optimizer = torch.optim.Adam(model.parameters(), lr=alpha)
    train_loss, val_loss, val_accuracy, best = [], [], [], None
    for epoch, order in enumerate(torch.as_tensor(orders)):
        model.train()
        total = 0.0
        for rows in order.split(batch_size):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        train_loss.append(total / len(order))
        model.eval()
        with torch.no_grad():
            Z = model(X_val)
        val_loss.append(F.cross_entropy(Z, y_val).item())
        right = Z.argmax(dim=1) == y_val
        val_accuracy.append(right.double().mean().item())
        if epoch == 0 or val_loss[-1] < val_loss[best]:
            best = epoch
            kept = copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return {
        "train_loss": train_loss,
        "val_loss": val_loss,
        "val_accuracy": val_accuracy,
        "best_epoch": best,
    }
    ### END SOLUTION


# %% [markdown] name="patience-text"
# The loop above runs all its epochs and keeps the best. A loop with
# **patience** (耐心值) ends as soon as that many epochs in a row bring no new
# lowest validation loss. `stops_after` says after which epoch. The two
# functions below it are mistaken.


# %% name="stops-after"
def stops_after(losses, patience):
    best, waited = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            return epoch
    return len(losses)


def stops_after_1(losses, patience):
    before, waited = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = 0 if loss < before else waited + 1
        before = loss
        if waited == patience:
            return epoch
    return len(losses)


def stops_after_2(losses, patience):
    best, waited = np.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = waited if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            return epoch
    return len(losses)


# %% [markdown] name="exercise-revealing-losses"
# ### Exercise: `revealing_losses`
#
# - **You write** courses of a validation loss on which mistaken functions
#   stop after another epoch than `stops_after`.
# - **Why**: such a mistake raises no error. It ends a training too early, or
#   lets it run on for nothing.
# - **When it is right**, your courses show both functions above to be
#   mistaken. The grader tries four more mistakes of the same kind, and your
#   points are the share that your courses show.

# %% exercise="revealing_losses"
def revealing_losses():
    """Return 1 to 3 pairs (losses, patience) that show mistakes.

    losses:   (n,) floats from 0 to 10, the validation loss after each
              epoch, n from 1 to 12.
    patience: whole number from 1 to 5.

    Returns a list of 1 to 3 such pairs.
    """
    ### BEGIN SOLUTION
    return [
        # falls from a peak, but not below the best so far
        (np.array([2.0, 5, 4, 3, 1, 1, 1]), 2),
        # two epochs without a gain, with a small gain between them
        (np.array([2.0, 2.1, 1.9995, 2.1, 1.0, 1.1]), 2),
        (np.array([3.0, 3.0, 2.0]), 1),
    ]
    ### END SOLUTION


# %% name="run-mlp"
def train_new(model, epochs, alpha=1e-3, X=t_train, y=l_train):
    """Train on the digits; return (model, history, CPU seconds)."""
    began = time.process_time()
    orders = epoch_orders(epochs, len(X), seed=0)
    history = train_classifier(model, X, y, t_val, l_val, orders, 32, alpha)
    return model, plain(history), time.process_time() - began


def plain(history):
    """The history as lists of floats and a whole number."""
    lists = {name: [float(value) for value in history[name]]
             for name in ("train_loss", "val_loss", "val_accuracy")}
    return lists | {"best_epoch": int(history["best_epoch"])}


torch.manual_seed(0)
mlp, mlp_history, seconds["MLP 128-64"] = train_new(
    ready(build_mlp([784, 128, 64, 10])), epochs=12)
print("128-64 validation", np.round(mlp_history["val_accuracy"], 3).max())
torch.manual_seed(0)
mlp_64, history, seconds["MLP 64-64"] = train_new(
    ready(build_mlp([784, 64, 64, 10])), epochs=12)
print("64-64  validation", np.round(history["val_accuracy"], 3).max())

# %% tags=["hide-input"] name="show-mlp-training"
# Draws loss and accuracy of the MLP by epoch.
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3))
epochs, best = range(1, 13), mlp_history["best_epoch"]
axes[0].plot(epochs, mlp_history["train_loss"], marker="o", label="training")
axes[0].plot(epochs, mlp_history["val_loss"], marker="s", label="validation")
axes[0].set(xlabel="epoch", ylabel="loss (nats)",
            title="Only the training loss goes on falling")
axes[1].plot(epochs, 100 * np.array(mlp_history["val_accuracy"]), marker="s",
             color=COLOURS[1], label="validation")
axes[1].set(xlabel="epoch", ylabel="accuracy (%)",
            title="Accuracy gains nothing after the best epoch")
for axis in axes:
    axis.axvline(best + 1, color=INK, ls="--", label="best epoch (kept)")
    axis.legend()
show(fig, alt="Loss and accuracy of the MLP over 12 epochs. The training "
     "loss falls towards zero; the validation loss is lowest at the "
     f"dashed line, epoch {best + 1}, and rises slightly afterwards.")

# %% name="predict-cnn"
from autograde import predict, reveal

WHO = ["the MLP, clearly", "the CNN, clearly", "neither, clearly"]
predict(
    "cnn-or-mlp",
    "The MLP 128-64 has 109,386 parameters, the CNN 8-16 has 9,098. Which "
    "reads more of the 1,000 test digits right?",
    options=WHO,
)

# %% name="run-cnn"
torch.manual_seed(0)
cnn, cnn_history, seconds["CNN 8-16"] = train_new(
    ready(build_cnn(8, 16, 10)), epochs=6, alpha=2e-3)
print("CNN validation, best", round(max(cnn_history["val_accuracy"]), 2))

# %% [markdown] name="why-not-more"
# **Why does the MLP not get further?** With all 60,000 images of MNIST an MLP
# of one hidden layer reaches 98.4 % ([Simard, Steinkraus and Platt
# 2003](https://doi.org/10.1109/ICDAR.2003.1227801)). Two tests: train on
# fewer images and look at the slope; then train on more, made by shifting each
# image by one pixel up, down, left and right.

# %% name="learning-curve"
curve = {}
for n in (500, 1000, 2000):
    torch.manual_seed(0)
    _, history, _ = train_new(ready(build_mlp([784, 128, 64, 10])), 12,
                              X=t_train[:n], y=l_train[:n])
    curve[n] = history["val_accuracy"][history["best_epoch"]]
    print(f"{n:5,} images, validation {curve[n]:.2f}")
curve[3500] = mlp_history["val_accuracy"][best]

moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
images = raw.reshape(-1, 28, 28)
more = np.concatenate([np.asarray(shift_images(images, *move), float)
                       for move in moves])
X_more = scaled(more.reshape(-1, 784))
torch.manual_seed(0)
mlp_shifted, history, seconds["MLP 128-64, shifts"] = train_new(
    ready(build_mlp([784, 128, 64, 10])), 4, X=torch.tensor(X_more),
    y=l_train.repeat(5))
shifted_val = history["val_accuracy"][history["best_epoch"]]
print(f"3,500 and their shifts, validation {shifted_val:.2f}")

# %% tags=["hide-input"] name="show-learning-curve"
# Draws accuracy against the number of images.
fig, axis = plt.subplots(figsize=(5.5, 3))
axis.plot(list(curve), [100 * a for a in curve.values()], marker="o",
          label="as they are")
axis.plot([5 * 3500], [100 * shifted_val], marker="*", ms=14, ls="",
          label="3,500 and their shifts")
axis.set(xscale="log", xlabel="training images (logarithmic)",
         ylabel="validation accuracy (%)",
         title="The MLP is short of data, not of parameters")
axis.set_xticks([500, 1000, 2000, 3500, 17500],
                ["500", "1,000", "2,000", "3,500", "17,500"])
axis.minorticks_off()
axis.legend()
show(fig, alt="Validation accuracy of the MLP against the number of training "
     "images on a logarithmic axis: it rises steadily from 500 to 3,500 "
     "images and once more when each image is shifted in four directions.")

# %% [markdown] name="double-softmax-text"
# ### The softmax that is applied twice
#
# In the articles' Keras programs the last layer is a softmax and the loss
# `sparse_categorical_crossentropy`, which expects probabilities. That is
# right there. PyTorch's `cross_entropy` expects logits and applies the
# softmax itself. Who moves the program line by line to PyTorch applies it
# twice. No error is raised. What does it cost?

# %% name="predict-double-softmax"
TWICE = [
    "more than 2 points lower to the end",
    "more than 10 points lower at first, nearly level in the end",
    "nearly the same from the first epoch on",
]
predict(
    "softmax-twice",
    "What becomes of the validation accuracy, over 12 epochs?",
    options=TWICE,
)

# %% name="run-double-softmax"
torch.manual_seed(0)
double = nn.Sequential(ready(build_mlp([784, 128, 64, 10])), nn.Softmax(1))
_, double_history, _ = train_new(double, epochs=12)


# %% tags=["nbval-ignore-output"] name="double-softmax-table"
for name, h in (("logits", mlp_history), ("softmax twice", double_history)):
    print(f"{name:14s} accuracy after 1 epoch {h['val_accuracy'][0]:.3f},",
          f"best {max(h['val_accuracy']):.3f},",
          f"lowest loss {min(h['val_loss']):.2f}")

# %% name="double-softmax-facts"
once, twice = (np.array(h["val_accuracy"])
               for h in (mlp_history, double_history))
{
    "more than 10 points behind after one epoch":
        bool(twice[0] < once[0] - 0.1),
    "within 2 points at the end": bool(twice.max() > once.max() - 0.02),
    "loss never below 1.46": min(double_history["val_loss"]) > 1.46,
}

# %% name="reveal-double-softmax"
lower, late = twice.max() < once.max() - 0.02, twice[0] < once[0] - 0.1
reveal("softmax-twice", TWICE[0 if lower else 1 if late else 2])

# %% name="double-softmax-gradient"
def gradient_of(loss_input, confidence):
    """Size of dJ/dz for one sample, sure of class 0 where 1 is right."""
    z = torch.zeros(1, 10, dtype=torch.float64)
    z[0, 0] = confidence
    z.requires_grad_()
    F.cross_entropy(loss_input(z), torch.tensor([1])).backward()
    return z.grad.norm().item()


for confidence in (0, 5, 10, 20):
    once = gradient_of(lambda z: z, confidence)
    twice = gradient_of(lambda z: z.softmax(1), confidence)
    print(f"z_0 = {confidence:2d}: once {once:.4f}, twice {twice:.2e}")
round(float(-np.log(np.e / (np.e + 9))), 4)

# %% [markdown] name="double-softmax-finding"
# The second softmax receives numbers between 0 and 1. Its largest possible
# probability is $e/(e+9)\approx0.23$, so the loss cannot fall below
# $-\ln0.23\approx1.46$, the last number above. A model that is surely wrong
# gets almost no gradient any more, just where it needs most. Training starts
# more slowly. Yet the final accuracy suffers little on these digits; a likely
# reason is that Adam divides by the size of the gradient. That is the trap:
# nothing looks broken.

# %% [markdown] name="exercise-double-softmax"
# ### Exercise: `double_softmax` (in your own words)
#
# *3 points, graded by a person · about 15 minutes*
#
# A friend's training loss stands at 1.47 for a ten-class problem, the
# training accuracy at 99 %. The loss curve is flat. Say what is probably
# wrong, why the loss cannot go lower, why accuracy does not show it, and name
# one use of the model in which it will do harm. About eight lines.

# %% [markdown] manual="double_softmax"
# ### BEGIN SOLUTION
# The model ends in a softmax and the loss applies another one. The second
# softmax sees inputs between 0 and 1. At best they are one 1 and nine 0s, and
# then the largest probability is e/(e+9) ≈ 0.23 and the loss 1.46: the flat
# 1.47 is this floor. The accuracy uses only the largest entry. Softmax keeps
# the order of its inputs, so the largest entry is the same and accuracy looks
# fine. Harm: wherever the probability itself is used, for instance to hand
# unsure cases to a person. If the loss's probabilities are used, no case is
# ever surer than 0.23. If the inner softmax is used, it was pushed towards 0
# and 1 by a loss that hardly punishes a confident error, so it is not
# calibrated. Also, samples that are surely wrong get almost no gradient, so
# training is slower and wrong labels or hard samples stay unlearned. Mend:
# drop the softmax layer and train on the logits.
# ### END SOLUTION

# %% [markdown] name="exercise-replace-head"
# ### Step 4: fine-tuning · 微调
#
# A model that learned one task holds something that helps with the next. The
# **fine-tuning** experiment: train a CNN on the digits 0 to 4. Then adapt it
# to 5 to 9 with ten examples a class. Compare with the same network trained
# on these fifty images alone.
#
# ### Exercise: `replace_head`
#
# - **You write** the operation that it needs: keep the body, put a
#   fresh last layer (the **head**) on top.
# - **Why**: chapter 05 does the same to BERT.
# - **When it is right**, the old model is untouched by anything that
#   happens to the new one.

# %% exercise="replace_head"
def replace_head(
    model: nn.Sequential, k: int, freeze: bool = False
) -> nn.Sequential:
    """A copy of `model` with a new last layer.

    model:  an `nn.Sequential` whose last module is an `nn.Linear`, with
            or without bias; the body before it may be layers of any kind
            (convolutions, BatchNorm, layers inside layers), or missing.
            All parameters are float64 or float32.
    k:      outputs of the new last layer.
    freeze: whether the body (all but the last layer) is frozen: its
            parameters require no gradient. Otherwise all parameters of
            the copy require one, also those that were frozen before.

    Returns a new model of the same type and dtype. Its body has the
    parameters and buffers of the old one, as copies; its head is a new
    `nn.Linear` with k outputs and a bias, as PyTorch initialises both,
    always trainable.
    `model` is not changed, now or when the copy is trained.
    """
    ### BEGIN SOLUTION
    new = copy.deepcopy(model)
    new.requires_grad_(not freeze)
    old = model[-1]
    new[-1] = nn.Linear(old.in_features, k, dtype=old.weight.dtype)
    return new
    ### END SOLUTION


# %% name="train-body"
def layers_of(model):
    """Both convolutions of your CNN, in their order, and its dense layer."""
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    dense_layer, = (m for m in model.modules() if isinstance(m, nn.Linear))
    return *sorted(convolutions, key=lambda m: m.in_channels), dense_layer


def in_a_row(model):
    """Your CNN as an nn.Sequential of its layers, also if it is a class."""
    one, two, last = layers_of(model)
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)), one, nn.ReLU(), nn.MaxPool2d(2),
        two, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), last)


low, high = y_train < 5, y_train >= 5
low_val, high_test = y_val < 5, y_test >= 5
torch.manual_seed(0)
body = in_a_row(ready(build_cnn(8, 16, 5)))
history = plain(train_classifier(
    body, t_train[low], l_train[low], t_val[low_val], l_val[low_val],
    epoch_orders(4, low.sum(), seed=0), 32, 2e-3))
print("digits 0 to 4, validation", round(max(history["val_accuracy"]), 3))

# %% tags=["nbval-ignore-output"] name="run-fine-tuning"
ways = {
    "from scratch": lambda: ready(build_cnn(8, 16, 5)),
    "fine-tuned, all": lambda: replace_head(body, 5),
    "fine-tuned, head": lambda: replace_head(body, 5, freeze=True),
}
EPOCHS, DRAWS = (2, 6, 18), 4


def compare_ways(X, y):
    """Accuracies on unseen 5 to 9, (draws, epochs), of each way."""
    results = {way: np.zeros((DRAWS, len(EPOCHS))) for way in ways}
    for draw in range(DRAWS):
        rng = np.random.default_rng(draw)
        rows = np.concatenate([
            rng.choice(np.flatnonzero(y == k), 10, replace=False)
            for k in range(5)])
        few, labels = X[rows], y[rows]
        for way, column in itertools.product(ways, range(len(EPOCHS))):
            torch.manual_seed(draw)
            model = ways[way]()
            orders = epoch_orders(EPOCHS[column], 50, draw)
            train_classifier(model, few, labels, few, labels, orders,
                             batch_size=10, alpha=3e-3)
            with torch.no_grad():
                y_hat = model(t_test[high_test]).argmax(1).numpy() + 5
            results[way][draw, column] = float(
                accuracy(y_test[high_test], y_hat))
    return results


results = compare_ways(t_train[high], l_train[high] - 5)
for way, values in results.items():
    print(f"{way:17s}", *(f"{v:.3f}" for v in values.mean(axis=0)),
          f" (last: spread {values[:, -1].std():.3f})")
gain = results["fine-tuned, all"][:, -1] - results["from scratch"][:, -1]
print("gain of fine-tuning, draw by draw", gain.round(3))

# %% tags=["hide-input"] name="show-fine-tuning"
# Draws accuracy after 2, 6 and 18 epochs, three ways.
fig, axis = plt.subplots(figsize=(5.8, 3.2))
for way, marker, shift in zip(results, "osD", (0.96, 1, 1.04)):
    values = results[way]
    axis.errorbar(np.array(EPOCHS) * shift, 100 * values.mean(axis=0),
                  yerr=100 * values.std(axis=0), marker=marker, capsize=4,
                  label=way)
axis.set(xlabel="epochs over 50 images", xscale="log",
         ylabel="accuracy on unseen 5 to 9 (%)",
         title="Fine-tuning starts ahead; training longer narrows the gap")
axis.set_xticks(EPOCHS, [str(e) for e in EPOCHS])
axis.minorticks_off()
axis.legend()
show(fig, alt="Accuracy on held-out digits 5 to 9 after 2, 6 and 18 epochs "
     "on fifty images, for training from scratch, fine-tuning everything and "
     "fine-tuning the head. Fine-tuning is ahead after 2 epochs; after 18 "
     "the error bars over four draws overlap.")

# %% name="fine-tuning-numbers"
head_only = count_of(replace_head(body, 5, freeze=True))
print("parameters trained: all", count_of(body), "head", head_only)

# %% [markdown] name="fine-tuning-finding"
# Fine-tuning starts ahead: after two epochs it is clearly better. After 18
# epochs over the same fifty images little of that is left, less than the
# spread between one draw of fifty images and the next, and one of the four
# draws has scratch ahead. That is an honest small gain. The first task was
# small as well: 1,750 images of five digits. The frozen body, of which only
# the head is trained, keeps up with the rest. Chapter 05 does the same with a
# body that was trained on over a billion pairs of sentences.

# %% [markdown] name="evaluation"
# ### Step 5: evaluation · 评估
#
# Now the test set is opened for the models of step 3, once. (Step 4 read its
# digits 5 to 9, with models that are not in this table; nothing was chosen by
# them.) Each model was trained once, from seed 0. The number after ± is twice
# the standard error $\sqrt{p(1-p)/N}$ of an accuracy on N = 1,000 images: on
# other images the result could differ by as much. The first table is rounded
# to what all machines agree on; a different processor may read one or two
# digits otherwise.

# %% name="final-table"
def classify(model):
    """Predicted test labels and probabilities of a PyTorch model."""
    with torch.no_grad():
        Z = model(t_test).numpy()
    return Z.argmax(axis=1), np.asarray(softmax(Z))


predictions = {
    "nearest mean": (digits.X_test @ W_mean + b_mean).argmax(axis=1),
    "softmax regression": (X_test @ W_soft + b_soft).argmax(axis=1),
    "MLP 64-64": classify(mlp_64)[0],
    "MLP 128-64": classify(mlp)[0],
    "MLP 128-64, shifts": classify(mlp_shifted)[0],
    "CNN 8-16": classify(cnn)[0],
}
sizes = dict(zip(predictions, [
    W_mean.size + b_mean.size, W_soft.size + b_soft.size,
    *map(count_of, (mlp_64, mlp, mlp_shifted, cnn))]))
scores = {name: float(accuracy(y_test, p))
          for name, p in predictions.items()}
for name, score in scores.items():
    score = round(score, 2)
    margin = 2 * np.sqrt(score * (1 - score) / len(y_test))
    print(f"{name:19s} {sizes[name]:7,d} parameters   {100 * score:.0f} %",
          f"± {100 * margin:.1f}")

# %% tags=["nbval-ignore-output"] name="final-table-exact"
for name, score in scores.items():
    print(f"{name:19s} {100 * score:.1f} % on this machine")

# %% [markdown] name="paired-text"
# Two models that read the same digits are compared digit by digit: how often
# is one right where the other is wrong? If they were equally good, each such
# case would be the toss of a coin. The last column is the probability of a
# split at least as uneven then (a **sign test**, 符号检验).

# %% tags=["nbval-ignore-output"] name="paired"
from scipy.stats import binomtest

right = {name: p == y_test for name, p in predictions.items()}
for a, b in (("MLP 128-64", "softmax regression"),
             ("CNN 8-16", "MLP 128-64"),
             ("MLP 128-64, shifts", "MLP 128-64"),
             ("CNN 8-16", "MLP 128-64, shifts")):
    only_a = (right[a] & ~right[b]).sum()
    only_b = (right[b] & ~right[a]).sum()
    p_value = binomtest(only_a, only_a + only_b).pvalue
    print(f"{a:18s} only: {only_a:2d}   {b:18s} only: {only_b:2d}",
          f"  p = {p_value:.4f}")

# %% name="reveal-cnn"
only_mlp = (right["MLP 128-64"] & ~right["CNN 8-16"]).sum()
only_cnn = (right["CNN 8-16"] & ~right["MLP 128-64"]).sum()
clear = binomtest(only_mlp, only_mlp + only_cnn).pvalue < 0.05
reveal("cnn-or-mlp", WHO[int(only_cnn > only_mlp) if clear else 2])

# %% [markdown] name="paired-finding"
# Three of the four comparisons are more than luck (p below 0.01). In the
# last, the MLP with shifted images and the CNN are level. They are right on
# different digits.
# The price in parameters is above, the price in seconds below (this machine,
# one core).

# %% tags=["nbval-ignore-output"] name="final-seconds"
for name, spent in seconds.items():
    print(f"{name:19s} {spent:5.1f} CPU seconds of training")

# %% tags=["hide-input"] name="show-confusion"
# Draws two confusion matrices.
from matplotlib.colors import ListedColormap

C, C_cnn = (np.asarray(confusion_matrix(y_test, predictions[name], 10))
            for name in ("softmax regression", "CNN 8-16"))
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.2))
for axis, table, name in zip(axes, (C, C_cnn), ("softmax regression", "CNN")):
    wrong = table - np.diag(np.diag(table))
    axis.imshow(np.ones((10, 10)), cmap=ListedColormap([COLOURS[6]]),
                alpha=0.03 * np.minimum(wrong, 10))
    axis.grid(False)
    for i, j in np.ndindex(10, 10):
        if table[i, j]:
            axis.text(j, i, int(table[i, j]), ha="center", va="center",
                      fontsize=8, color=INK)
    axis.set(xlabel="predicted class", ylabel="true class",
             xticks=range(10), yticks=range(10),
             title=f"{name}: {wrong.sum()} of 1,000 wrong")
show(fig, alt="Two confusion matrices for 1,000 test digits, rows true and "
     "columns predicted classes, errors shaded. Softmax regression: "
     "about 100 errors; CNN: about 50.")

# %% tags=["nbval-ignore-output"] name="per-class"
print("class              ", *(f"{k:5d}" for k in range(10)))
for name in ("softmax regression", "CNN 8-16"):
    parts = np.asarray(precision_recall(y_test, predictions[name], 10))
    for part, values in zip(("precision", "recall"), parts):
        print(f"{name[:7]:8s} {part:10s}", *(f"{v:5.2f}" for v in values))

# %% [markdown] name="misread-text"
# The digits that the CNN misreads, the most confident errors first. Cover the
# titles: which would you have read wrong yourself?

# %% tags=["hide-input"] name="show-misread"
# Draws the ten surest errors of the CNN.
y_hat, P_cnn = classify(cnn)
wrong = np.flatnonzero(y_hat != y_test)
worst = wrong[np.argsort(-P_cnn[wrong, y_hat[wrong]], kind="stable")][:10]
fig, axes = plt.subplots(2, 5, figsize=(8.5, 4.2))
for axis, i in zip(axes.flat, worst):
    axis.imshow(digits.X_test[i].reshape(28, 28), cmap="gray_r")
    p_read, p_right = P_cnn[i, y_hat[i]], P_cnn[i, y_test[i]]
    axis.set_title(f"{y_test[i]} read as {y_hat[i]}\n"
                   f"p = {p_read:.2f}, right {p_right:.2f}", fontsize=9)
    axis.axis("off")
fig.suptitle("Ten errors that the CNN is sure of")
show(fig, alt="Ten test digits that the CNN misreads, with true class, "
     "predicted class and both probabilities; several are badly written, "
     "others a person reads without trouble.")

# %% [markdown] name="weights-text"
# The weights of softmax regression have the shape of the image. Where they
# are positive, ink speaks for the class; where negative, against it.

# %% tags=["hide-input"] name="show-weights"
# Draws the weights of softmax regression as images.
fig, axes = plt.subplots(2, 5, figsize=(8.5, 3.8))
limit = np.abs(W_soft).max()
for k, axis in enumerate(axes.flat):
    shown = axis.imshow(W_soft[:, k].reshape(28, 28), cmap="PuOr",
                        vmin=-limit, vmax=limit)
    axis.set(title=k, xticks=[], yticks=[])
fig.colorbar(shown, ax=axes, label="weight", shrink=0.8)
fig.suptitle("The weights are templates: ink for and against each digit")
show(fig, alt="Ten images of the weights of softmax regression, one a digit; "
     "the one of 0 is clearly negative in the middle, that of 1 positive.")

# %% [markdown] name="applications"
# ## 6. Where it is used · 实际应用场景
#
# The articles list image recognition, medical diagnosis and finance. Their
# common core can be tried on our model.
#
# **Handing unsure cases to a person.** A postal sorter or a diagnosis need
# not answer always. Sort the test digits by the CNN's largest probability and
# let a person read the least sure.

# %% tags=["hide-input"] name="show-rejection"
# Draws accuracy against the share of digits answered.
order = np.argsort(-P_cnn.max(axis=1), kind="stable")
hits = (y_hat == y_test)[order]
kept = np.arange(1, len(hits) + 1)
kept_accuracy = np.cumsum(hits) / kept
fig, axis = plt.subplots(figsize=(5.5, 3))
axis.plot(100 * kept / len(hits), 100 * kept_accuracy)
axis.set(xlabel="share of digits that the model answers (%)",
         ylabel="accuracy on these (%)", xlim=(40, 100), ylim=(95, 100.2),
         title=f"The surest 80 %: {100 * kept_accuracy[799]:.1f} % right")
show(fig, alt="Accuracy of the CNN on the digits it answers, against their "
     "share: near 100 per cent while it answers only the surest, falling to "
     "its overall accuracy when it answers all.")
{f"{share} % answered": round(float(kept_accuracy[10 * share - 1]), 2)
 for share in (80, 90, 100)}

# %% [markdown] name="postcode-text"
# **A postal code has five digits.** If errors were independent, a code would
# be read with probability $p^5$. Here are 200 codes of five test digits each.

# %% tags=["nbval-ignore-output"] name="postcodes"
for name in ("softmax regression", "CNN 8-16"):
    codes = (predictions[name] == y_test).reshape(200, 5).all(axis=1)
    print(f"{name:19s} digit {scores[name]:.3f}  p^5 {scores[name]**5:.3f}",
          f" codes read {codes.mean():.3f}")

# %% [markdown] name="shift-test-text"
# **The camera slips.** Shift the test digits to the right, by up to five of
# their 28 pixels. No stroke changes its form.

# %% name="predict-shift"
predict(
    "three-pixels",
    "The CNN reads 95 % of the test digits. How many does it read when each "
    "is moved three pixels to the right?",
    number=True,
    unit="%",
)

# %% tags=["hide-input"] name="show-shift-test"
# Draws accuracy against a shift of the images.
shifts, readers = range(0, 6), {"softmax": [], "MLP": [], "MLP, shifts": [],
                                "CNN": []}
for dx in shifts:
    moved = shift_images(digits.X_test.reshape(-1, 28, 28), 0, dx)
    X_moved = scaled(np.asarray(moved, float).reshape(-1, 784))
    readers["softmax"].append((X_moved @ W_soft + b_soft).argmax(1))
    with torch.no_grad():
        for name, m in (("MLP", mlp), ("MLP, shifts", mlp_shifted),
                        ("CNN", cnn)):
            readers[name].append(m(torch.tensor(X_moved)).argmax(1).numpy())
fig, axis = plt.subplots(figsize=(5.8, 3.2))
for (name, answers), marker in zip(readers.items(), "os^D"):
    axis.plot(shifts, [100 * float(accuracy(y_test, a)) for a in answers],
              marker=marker, label=name)
axis.set(xlabel="shift to the right (pixels)", ylabel="test accuracy (%)",
         title="No model is safe from a shift of four pixels")
axis.legend()
show(fig, alt="Test accuracy against a shift of the images by 0 to 5 pixels: "
     "all curves fall; softmax regression and the plain MLP first, the MLP "
     "trained on shifted images and the CNN later.")

# %% tags=["nbval-ignore-output"] name="shift-table"
for name, answers in readers.items():
    shares = [float(accuracy(y_test, a)) for a in answers]
    print(f"{name:12s}", *(f"{share:.2f}" for share in shares))

# %% tags=["nbval-ignore-output"] name="reveal-shift"
reveal("three-pixels", round(100 * float(accuracy(
    y_test, readers["CNN"][3]))))

# %% [markdown] name="no-digit-text"
# **A picture that is no digit.** The softmax must share out probability 1
# among ten digits. It has no way to say "none of these".

# %% tags=["nbval-ignore-output"] name="no-digit"
rng = np.random.default_rng(6)
stripes = np.tile((np.arange(28) // 4 % 2).astype(float), 28)
strange = {"noise": rng.random(784), "stripes": stripes,
           "paper": np.zeros(784), "a digit, inverted": 1 - raw[0]}
X_strange = scaled(np.stack(list(strange.values())))
with torch.no_grad():
    P = np.asarray(softmax(cnn(torch.tensor(X_strange)).numpy()))
for name, p in zip(strange, P):
    print(f"{name:18s} read as {p.argmax()} with p = {p.max():.2f}")

# %% [markdown] name="draw-text"
# **Draw one.** The pad holds a digit of the validation set; Clear empties it.
# Draw with the pointer, or with the arrow keys and Space. The bars are what
# your own networks say. In the training images the centre of mass lies in the
# middle, within half a pixel; yours is moved there while `centred` is ticked.
#
# Try a digit that one model reads and another does not. Draw in a corner and
# take the tick away. Draw a letter.

# %% tags=["nbval-ignore-output"] name="draw-a-digit"
from autograde.widgets import Bars, Pad, play

MODELS = {
    "CNN 8-16": lambda x: cnn(x),
    "MLP 128-64": lambda x: mlp(x),
    "softmax regression": lambda x: x @ W_soft + b_soft,
}


def in_the_middle(image):
    """`image`, moved so that its centre of mass lies in the middle."""
    places = np.indices(image.shape).reshape(2, -1)
    centre = places @ image.ravel() / image.sum()
    dy, dx = np.rint(14 - centre).astype(int).tolist()
    return np.asarray(shift_images(image[None], dy, dx), float)[0]


def read_drawing(drawing, model, centred):
    if not drawing.any():
        return Bars("Nothing is drawn", {}, "No bars: nothing is drawn.")
    image = in_the_middle(drawing) if centred else drawing
    x = torch.tensor(scaled(image.reshape(1, 784)))
    with torch.no_grad():
        logits = np.asarray(MODELS[model](x))
    p = np.asarray(softmax(logits), float)[0]
    said = f"{model} reads a {p.argmax()}"
    return Bars(
        said,
        {str(k): p[k] for k in range(10)},
        alt=f"Ten bars, the probability of each digit. {said}, with "
        f"probability {p.max():.2f}.",
        y="probability",
        top=1.0,
        strong=[str(p.argmax())],
    )


play(
    read_drawing,
    uses=["softmax", "shift_images", "standardise", "cnn", "mlp"],
    drawing=Pad(28, digits.X_val[sample]),
    model=list(MODELS),
    centred=True,
)

# %% [markdown] name="tools"
# ## 7. Tools and resources · 工具和资源推荐
#
# A practitioner uses scikit-learn and PyTorch. Their functions give the same
# numbers as yours. Two cells collect the largest differences, a third prints
# them. They lie in the last digits that a double can hold and so differ from
# machine to machine; the fourth says what all machines agree on.

# %% name="library-numpy"
import scipy.special
import sklearn.metrics

rng = np.random.default_rng(7)
Z, y = 30 * rng.normal(size=(200, 6)), rng.integers(0, 6, size=200)
y_hat = np.where(rng.random(200) < 0.7, y, rng.integers(0, 6, size=200))
p_r = sklearn.metrics.precision_recall_fscore_support(
    y, y_hat, labels=range(6), zero_division=0)
pairs = {
    "softmax, scipy": (softmax(Z), scipy.special.softmax(Z, axis=1)),
    "sigmoid, scipy": (sigmoid(Z), scipy.special.expit(Z)),
    "cross_entropy, torch": (cross_entropy(Z, one_hot(y, 6)), F.cross_entropy(
        torch.tensor(Z), torch.tensor(y)).item()),
    "accuracy, sklearn": (accuracy(y, y_hat),
                          sklearn.metrics.accuracy_score(y, y_hat)),
    "confusion_matrix, sklearn": (confusion_matrix(y, y_hat, 6),
                                  sklearn.metrics.confusion_matrix(y, y_hat)),
    "precision_recall, sklearn": (precision_recall(y, y_hat, 6), p_r[:2]),
}
differences = {name: np.abs(np.asarray(own) - np.asarray(theirs)).max()
               for name, (own, theirs) in pairs.items()}
sorted(differences)

# %% name="library-torch"
X, W = torch.tensor(rng.normal(size=(9, 5))), rng.normal(size=(5, 4))
W, b = torch.tensor(W, requires_grad=True), torch.zeros(4).double()
b.requires_grad_()
labels = torch.tensor(rng.integers(0, 4, size=9))
F.cross_entropy(X @ W + b, labels).backward()
own = softmax_gradients(X.numpy(), W.detach().numpy(), b.detach().numpy(),
                        one_hot(labels.numpy(), 4))
images, kernels = rng.normal(size=(2, 3, 9, 8)), rng.normal(size=(4, 3, 3, 2))
theirs = F.conv2d(torch.tensor(images), torch.tensor(kernels)).numpy()
soft_labels = F.one_hot(labels, 4).double()
logits = (X @ W + b).detach()
pairs = {
    "dW, autograd": (own[0], W.grad.numpy()),
    "db, autograd": (own[1], b.grad.numpy()),
    "conv2d": (conv2d(images, kernels), theirs),
    "max_pool2d": (max_pool2d(theirs, 2),
                   F.max_pool2d(torch.tensor(theirs), 2).numpy()),
    "labels and one-hot rows": (F.cross_entropy(logits, labels).numpy(),
                                F.cross_entropy(logits, soft_labels).numpy()),
}
for name, (mine, library) in pairs.items():
    differences[name] = np.abs(np.asarray(mine) - library).max()

# %% tags=["nbval-ignore-output"] name="library-differences"
for name, difference in differences.items():
    print(f"{name:26s} largest difference {difference:.1e}")

# %% name="library-verdict"
for name, difference in differences.items():
    print(f"{name:26s} below 1e-10: {bool(difference < 1e-10)}")

# %% [markdown] name="own-cnn-text"
# The last line answers a question about Keras: `categorical_crossentropy`
# wants one-hot rows, `sparse_categorical_crossentropy` wants labels.
# PyTorch's one function takes either and gives the same loss.
#
# The whole CNN, run once more with nothing but your NumPy functions and its
# trained weights:

# %% name="own-cnn"
weights = [(layer.weight.detach().numpy(), layer.bias.detach().numpy())
           for layer in layers_of(cnn)]
A = X_test[:100].reshape(-1, 1, 28, 28)
for K, b in weights[:2]:
    A = np.pad(A, ((0, 0), (0, 0), (1, 1), (1, 1)))
    A = np.asarray(relu(np.asarray(conv2d(A, K)) + b[:, None, None]))
    A = np.asarray(max_pool2d(A, 2))
own_logits = np.asarray(dense(A.reshape(100, -1), *weights[2], same))
with torch.no_grad():
    difference = np.abs(own_logits - cnn(t_test[:100]).numpy()).max()
print("the same 1,000 logits to 1e-10:", bool(difference < 1e-10))

# %% [markdown] name="sklearn-text"
# And scikit-learn's softmax regression, which uses a stronger optimiser and a
# penalty on large weights (`C` is the inverse of its strength):

# %% name="sklearn-regression"
from sklearn.linear_model import LogisticRegression

library = LogisticRegression(C=0.003, max_iter=200).fit(X_train, y_train)
print("scikit-learn, validation", round(library.score(X_val, y_val), 2),
      " yours", round(float(accuracies[-1]), 2))

# %% [markdown] name="resources"
# To read on:
#
# - [torch.nn.CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html):
#   what PyTorch's loss takes, logits and labels or probabilities.
# - [Metrics and scoring](https://scikit-learn.org/stable/modules/model_evaluation.html),
#   scikit-learn's user guide: each measure of section 3, and many more.
# - LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to
#   document recognition", 1998, <https://doi.org/10.1109/5.726791>: the
#   digits, and LeNet-5, a CNN that reads them.
# - Kingma and Ba, "Adam: A method for stochastic optimization", 2015,
#   <https://arxiv.org/abs/1412.6980>: the optimiser of both articles.
# - Keras, [Dense](https://keras.io/api/layers/core_layers/dense/): the layer
#   of the articles' programs. It stores its weights as (d, m) and draws them
#   from ±√(6/(d+m)), after Glorot and Bengio, 2010,
#   <https://proceedings.mlr.press/v9/glorot10a.html>. PyTorch stores (m, d)
#   and draws from ±1/√d.

# %% [markdown] name="summary"
# ## 8. Summary and challenges · 总结：未来发展趋势与挑战
#
# What this chapter measured, from the variables that hold it:

# %% name="summary-numbers"
for name, score in scores.items():
    print(f"{name:19s} {100 * score:3.0f} %  {sizes[name]:8,d} parameters")
print("MLP at", *(f"{n:,}: {a:.2f}" for n, a in curve.items()),
      f"and with shifts {shifted_val:.2f}")

# %% [markdown] name="challenges"
# - **Structure beats size.** The CNN has a twelfth of the parameters of
#   the first article's network and makes fewer errors.
# - **Data can stand in for structure.** Shifting the training images brought
#   the MLP level with the CNN, at the price of five times as many images.
# - **Still hard: robustness.** Of digits that are shifted by four pixels even
#   the CNN reads only about half.
# - **Still hard: knowing what one does not know.** Noise is read as a digit.
# - **Interpretability** ends early: the weights of softmax regression can be
#   looked at, those of the MLP's second layer cannot.
# - **Fairness** begins with the table by class in section 5: the recall of
#   softmax regression is above 0.95 for some digits and below 0.85 for
#   others. Ask for the recall of each group.
# - **Privacy** did not come up: no digit tells who wrote it. It does as soon
#   as misread examples that are shown, as above, belong to a known person.

# %% [markdown] name="questions"
# ## 9. Questions and answers · 附录：常见问题与解答
#
# <details><summary><b>The articles ask: how to choose hardware and data?
# </b></summary>
#
# Measure before you buy. Every model of this chapter trains in seconds on
# one CPU core (section 5, step 5 prints them). What was short was data: the
# learning curve was still rising at 3,500 images.
# </details>
#
# <details><summary><b>How to make sure that a model is stable and reliable?
# </b></summary>
#
# Keep a set that nothing was chosen with, state the interval, test under
# the shifts that will occur, and let the model hand over what it is unsure
# of (section 6).
# </details>
#
# <details><summary><b>How to make models more interpretable?</b></summary>
#
# Look at weights where they have the form of the input, at the errors with
# their probabilities, and at the table by class. None of this explains a
# single answer of the CNN.
# </details>

# %% [markdown] name="questions-models"
# <details><summary><b>How do large models differ from traditional ones?
# </b></summary>
#
# The second article answers: by more data and deeper networks. Here the CNN,
# with *fewer* parameters and as many layers as the MLP 128-64, won; the
# number of parameters alone says little.
# </details>
#
# <details><summary><b>How do they influence other fields, and what are the
# challenges?</b></summary>
#
# Where an error is expensive, the curve of section 6 is the contract: which
# share the model answers, and how often it is then wrong.
# </details>

# %% [markdown] name="error-questions"
# <details><summary><b>RuntimeWarning: overflow encountered in exp
# </b></summary>
#
# Some exponent is above 709. Take the largest logit of each sample off before
# `np.exp`. In the sigmoid, use $e^{-|z|}$, which is at most 1.
# </details>
#
# <details><summary><b>RuntimeWarning: divide by zero encountered in log
# </b></summary>
#
# A probability has rounded to 0. Do not form the probability: compute
# $z_j-\text{logsumexp}(z)$.
# </details>
#
# <details><summary><b>ValueError: operands could not be broadcast together
# with shapes (7,4) (7,)</b></summary>
#
# You subtract labels (N,) or a row sum (N,) from (N, k). Make labels one-hot;
# keep the axis of a sum with `keepdims=True`. Worse than this error is its
# absence: with N = k the same line runs and is wrong.
# </details>

# %% [markdown] name="error-questions-torch"
# <details><summary><b>RuntimeError: mat1 and mat2 must have the same dtype,
# but got Double and Float</b></summary>
#
# The data are double precision, the model is single. `model.double()`
# converts the model, `X.float()` the data. A convolution words the same
# complaint as `Input type (double) and bias type (float) should be the same`,
# older versions as `expected scalar type Float but found Double`.
# </details>
#
# <details><summary><b>RuntimeError: mat1 and mat2 shapes cannot be
# multiplied</b></summary>
#
# The first number pair is your batch, the second the weights. Images must be
# flattened to (N, 784) before a `Linear(784, …)`; after two poolings of a
# 28 × 28 image 7 × 7 pixels a channel are left.
# </details>
#
# <details><summary><b>IndexError: Target 10 is out of bounds.</b></summary>
#
# The model has ten outputs, so labels go from 0 to 9. In fine-tuning,
# subtract the first label: the digits 5 to 9 become the classes 0 to 4.
# </details>

# %% [markdown] name="error-questions-training"
# <details><summary><b>The loss stays near 2.30, or near 1.46</b></summary>
#
# 2.3026 = ln 10 is the loss of a model that knows nothing: the learning rate
# is too small, or the labels do not belong to the images (shuffled apart).
# 1.46 is the floor of a softmax applied twice.
# </details>
#
# <details><summary><b>My best model is the last one, whatever I do
# </b></summary>
#
# `model.state_dict()` returns the living tensors, and Adam writes into them.
# A saved dictionary that is not a deep copy moves along with the training.
# </details>
#
# <details><summary><b>Why double precision, when everyone trains in single?
# </b></summary>
#
# To print the same digits everywhere: rounding differs with the processor,
# and training carries the difference on. Practitioners train in single
# precision or less, which is faster.
# </details>

# %% [markdown] name="keep-text"
# **To keep.** `summary.md` beside this notebook has the chapter on one page.
# Ten questions follow; each answer opens with a click and says why it is
# right or not. `predictions()` shows what you expected and what happened.

# %% name="self-test"
from autograde import self_test

self_test()

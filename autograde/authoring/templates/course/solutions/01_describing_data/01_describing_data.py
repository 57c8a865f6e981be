# %% [markdown] name="title"
# # 1 Describing data
#
# {{exercises}}. Run the cells from top to bottom. A cell that needs an exercise
# which you have not written yet says so and lets you go on.

# %% [markdown] name="idea"
# ## 1. The idea
#
# A list of numbers says little to a reader. Three numbers say much of it: where its
# middle is, how far its values lie apart, and whether they rise together with those
# of another list.

# %% tags=["setup"]
import numpy as np
from matplotlib import pyplot as plt

from autograde import check, hint
from autograde.figures import show

# %% [markdown] name="data"
# The data: heights in cm and weights in kg of ten people, made up for this chapter.

# %% name="heights"
height = np.array([158, 161, 165, 168, 170, 172, 175, 179, 183, 190.0])
weight = np.array([52, 60, 58, 69, 64, 77, 71, 80, 78, 92.0])

# %% [markdown] name="steps"
# ## 2. Step by step

# %% [markdown] name="mean-exercise"
# ### Exercise: `mean`
#
# - **You write** the mean: the sum of the values, divided by their number.
# - **Why** it is the value from which squared distances are smallest.
# - **When it is right** the distances from it sum to zero.


# %% exercise="mean"
def mean(x):
    """x: (N,) float array, N at least 1. returns: float, the mean."""
    ### BEGIN SOLUTION
    return x.sum() / len(x)
    ### END SOLUTION


# %% name="mean-shown"
round(float(mean(height)), 2)

# %% [markdown] name="variance-exercise"
# ### Exercise: `variance`
#
# The sample variance is $s^2 = \frac{1}{N - 1} \sum_i (x_i - \bar{x})^2$.
#
# - **You write** the sample variance.
# - **Why** one value cannot say how far values lie apart, so N - 1 of the N
#   distances are free.
# - **When it is right** twice as large values have four times the variance.


# %% exercise="variance"
def variance(x):
    """x: (N,) float array, N at least 2. returns: float, the sample variance."""
    ### BEGIN SOLUTION
    return ((x - x.mean()) ** 2).sum() / (len(x) - 1)
    ### END SOLUTION


# %% name="variance-shown"
round(float(variance(height)), 2)

# %% [markdown] name="correlation-exercise"
# ### Exercise: `correlation`
#
# - **You write** Pearson's correlation: the sum of the products of both distances
#   from their means, divided by the root of the product of both sums of squares.
# - **Why** it says how well a straight line describes the pairs.
# - **When it is right** a list and itself give 1, a list and its negative give -1.


# %% exercise="correlation"
def correlation(x, y):
    """x, y: (N,) float arrays, N at least 2, neither constant. returns: float."""
    ### BEGIN SOLUTION
    a, b = x - x.mean(), y - y.mean()
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())
    ### END SOLUTION


# %% name="correlation-shown"
round(float(correlation(height, weight)), 3)

# %% name="picture" tags=["hide-input"]
# Draws the ten people, height against weight.
figure, axes = plt.subplots(figsize=(5, 3.5))
axes.scatter(height, weight)
axes.set(xlabel="height (cm)", ylabel="weight (kg)", title="Ten people")
show(
    figure,
    alt="Ten points, height against weight: taller people weigh more, "
    "and the points lie near a rising line.",
)

# %% [markdown] name="summary"
# ## 3. Summary
#
# The mean is the middle, the variance is how far values lie apart, and the
# correlation says whether two lists rise together. None of them says what the other
# two say.

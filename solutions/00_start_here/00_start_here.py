# %% [markdown] name="title"
# # 0 Start here · 从这里开始
#
# About half an hour, of which the one exercise takes five minutes. Nothing in
# this chapter counts towards a grade. At its end you know that your computer
# has everything, how your answers are checked, how to ask for a hint, and
# how to hand in a chapter.

# %% [markdown] name="background"
# ## 1. Background · 背景介绍
#
# This course is built from five Chinese articles about **large models**
# (大模型). A model is a formula with adjustable numbers, its **parameters**
# (参数); a large one has millions of them and more. Each article is an
# overview: it names many ideas in few lines. The course makes the ideas run.
# You write the parts of every model yourself, and each part is checked the
# moment you ask.

# %% [markdown] name="articles"
# The articles carry no titles, so the course calls them by their numbers. You
# need not have them: a chapter quotes the lines that it answers. What each is
# about, in words of its own:
#
# - **000**: 大模型（Big Model）是指具有数百万甚至数亿参数的深度学习模型, "a big
#   model is a deep-learning model with millions, even hundreds of millions of
#   parameters". How such a model is trained (chapter 01), and a text
#   classifier (chapter 04).
# - **001**: 大模型（Large Model）是一种具有大量参数和复杂结构的深度学习模型, "a
#   large model is a deep-learning model with many parameters and a complex
#   structure". Five steps from data to evaluation (chapter 02).
# - **002**: 人工智能领域正在向着一个全新的方向迈进：大模型（large-scale
#   models）时代, "artificial intelligence moves in a new direction: the age of
#   large-scale models". Dense networks (chapter 02), a recurrent cell, the
#   probability of a text (chapter 03).
# - **003**: 人工智能（AI）正在经历一个激动人心的时刻, "artificial
#   intelligence is living through an exciting moment". BERT and its
#   fine-tuning (chapter 05).
# - **004**: AI大模型已经成为了人工智能领域的重要研究热点, "large models have become
#   an important field of research". Forward and backward pass, the loss
#   (chapter 01), and an LSTM for texts (chapter 04).

# %% [markdown] name="notebook"
# A chapter is a **notebook** (笔记本): a page of text and **cells** (单元格)
# of code. Click into a cell and press Shift+Enter to run it. A process behind
# the page, the **kernel** (内核), keeps what your cells define until you
# restart it.

# %% tags=["setup"]
import numpy as np

from autograde import check, hint
from autograde.datasets import diabetes
from autograde.environment import environment

# %% [markdown] name="concepts"
# ## 2. Core concepts · 核心概念与联系
#
# **The map of the articles' ideas.** Numbers such as 004 are the articles.
#
# | Idea | In the articles | In the course |
# |---|---|---|
# | Loss, gradient, learning rate (梯度下降) | 000, 004 | 01 |
# | Forward and backward pass (前向传播, 反向传播) | 004 | 01 |
# | Adam, epochs, batches | 000, 001, 002, 004 | 01 |
# | Softmax, cross entropy (交叉熵) | 001, 004 | 02 |
# | Dense layers on digits (多层感知机) | 001, 002, 003 | 02 |
# | Accuracy, recall (准确率, 召回率) | 001 | 02 |
# | Convolution (卷积神经网络) | 001, 004 | 02 |
# | Fine-tuning in five steps (微调) | 001 | 02, 05 |
# | Recurrent networks (循环神经网络) | 001, 002, 004 | 03 |
# | The probability of a text | 002 | 03 |
# | Tokenizer, padding, embedding | 000, 004 | 04 |
# | LSTM text classification (文本分类) | 000, 004 | 04 |
# | Transformer, BERT (预训练模型) | 000, 003, 004 | 05 |
# | Limits: cost, data, privacy, fairness | all | section 8 of each |

# %% [markdown] name="words"
# Every chapter has the nine sections that the articles share, in their order.
# The chapters build on each other in what they explain. In their code each
# one stands alone: you can open any of them first.
#
# **Words that the course uses.**
#
# - An **exercise** (练习) is one function or class that you write.
# - A **check** (检查) runs it on a few known inputs and says what is wrong.
# - A **hint** (提示) is a nudge, in three steps.
# - A grade comes from other inputs of the same kind, which nobody knows
#   beforehand. An answer that fits only the visible ones earns little.

# %% [markdown] name="steps"
# ## 3. The algorithm, step by step · 核心算法原理具体操作步骤
#
# ### Step 1: is everything there?
#
# Run the next cell. Each line should begin with `[ok]`. A line with `[fail]`
# is followed by its mend: a command for a terminal. Afterwards choose
# *Kernel*, *Restart Kernel* in the menu, and run the cell again.

# %% name="environment"
for finding in environment():
    print(finding)

# %% [markdown] name="how-to-work"
# ### Step 2: how an exercise looks
#
# An exercise has three parts.
#
# 1. A text: what you write, why, and how you know that it is right.
# 2. A cell with the function's first line and its **docstring** (文档字符串).
#    The docstring is the whole specification: shapes, types, and what to do
#    with unusual input. Write your code below it, in place of the line
#    `raise NotImplementedError`.
# 3. A cell with `check("...")`. It is locked. Run it as often as you like.
#
# Three rules hold in all chapters.
#
# - A function never changes its inputs unless it says so.
# - Any way to the right result is right: loops, other libraries and helpers
#   of your own are all accepted.
# - **One rule for types.** Where a docstring says that you return an *array*,
#   anything that `np.asarray` takes will do: an array, a list of numbers, a
#   tensor. Where it says *tensor*, it is a `torch.Tensor`; where it says
#   *list*, a list or a tuple; where it says *float*, one number. A generator
#   is no list. Numbers may be `float32` or `float64`, unless the docstring
#   names one.

# %% [markdown] name="how-a-check-speaks"
# ### Step 3: how a check speaks
#
# A check runs your function on several **cases** (测试用例), each with a name,
# and lists them: *passed* or *WRONG*. Of the first that is wrong it says
# more. It compares in stages and reports the first stage that fails: did the
# function return anything; is it of the right type; has it the right shape;
# the right kind of numbers; is it free of NaN and infinity; are the values
# right. It shows your numbers beside the expected ones.
#
# Where your result is that of a known mistake, the check tells you which one.
# Where it is not, it may say what holds in every wrong case, such as "each
# number is twice the expected one", and which parts are right.
#
# A line marked *advice* costs no point. It is about unusual input, mostly
# such as your function should refuse.
#
# `hint("column_means")` in a cell of your own shows the first hint, the same
# call again the second, and so on. Add a cell with the `+` above the page.

# %% [markdown] name="mathematics"
# ## 4. The mathematics · 数学模型和公式详细讲解举例说明
#
# The warm-up computes the **mean** (平均值) of each column of a table $X$
# with $N$ rows and $d$ columns:
#
# $$\bar x_a = \frac1N\sum_{i=1}^N x_{ia}, \qquad a = 1, \dots, d .$$
#
# The sum runs over the rows, so the rows disappear and $d$ numbers are left.
# By hand, for three rows and two columns:
#
# | | column 1 | column 2 |
# |---|---|---|
# | row 1 | 1 | 10 |
# | row 2 | 2 | 20 |
# | row 3 | 6 | 60 |
# | mean | $9/3 = 3$ | $90/3 = 30$ |

# %% [markdown] name="project"
# ## 5. Project · 项目实践：代码实例和详细解释说明
#
# ### A warm-up: wrong on purpose, then right
#
# 1. Run the check below before you write anything. It says that the exercise
#    is not attempted yet. That is not an error: *Run All* goes to the end of
#    an unfinished chapter.
# 2. Put `return X.mean(axis=1)` in place of the line
#    `raise NotImplementedError`. Run both cells. The check names the stage,
#    *shape*: you return one number for each row. It also names the mistake.
# 3. Try `return X.sum(axis=0)`. Now the shape is right and the *values* are
#    not. Compare the number under "yours" with the one that is expected.
# 4. Run `hint("column_means")` in a cell of your own.
# 5. Write the right answer. Read the docstring once more: it has a line
#    about tables without rows, which the check gives as advice.

# %% [markdown] name="exercise-column-means"
# ### Exercise: `column_means`
#
# - **You write** the mean of each column of a table.
# - **Why** you see once what a check says when rows and columns are mixed up.
# - **When it is right** a table of 3 rows and 2 columns gives 2 numbers.


# %% exercise="column_means"
def column_means(X):
    """Return the mean of each column of X.

    X: (N, d) array of numbers, float or int, one sample a row
    returns: (d,) float array
    raises: ValueError where X has no rows
    """
    ### BEGIN SOLUTION
    if len(X) == 0:
        raise ValueError("a table without rows has no mean")
    return X.mean(axis=0)
    ### END SOLUTION


# %% name="worked-example"
by_hand = np.array([3.0, 30.0])
table = np.array([[1, 10], [2, 20], [6, 60]])
means = [float(mean) for mean in column_means(table)]
{
    "column_means": means,
    "equal to the result by hand": bool(np.allclose(means, by_hand)),
}

# %% [markdown] name="uses"
# ## 6. Where it is used · 实际应用场景
#
# Real columns have units. Here are the means of four measurements of 442
# people with diabetes, the data of chapter 01.

# %% name="real-data"
X, y = diabetes.load()
means = [float(mean) for mean in column_means(X[:, :4])]
for name, mean in zip(diabetes.NAMES, means, strict=False):
    print(f"{diabetes.UNITS[name]:26s} {mean:6.1f}")

# %% [markdown] name="tools"
# ## 7. Tools and resources · 工具和资源推荐
#
# | Keys | What they do |
# |---|---|
# | Shift+Enter | run the cell and go to the next |
# | Esc, then A or B | a new cell above or below |
# | Esc, then Z | bring back a deleted cell |
# | Tab | complete a name |
# | Shift+Tab inside the brackets of a call | show its docstring |
# | `0` twice, after Esc | restart the kernel |
#
# `torch`, which the course uses from chapter 01 on, computes the same mean
# under the name `dim`:

# %% name="torch-mean"
import torch

by_torch = torch.tensor(X).mean(dim=0).numpy()
{"the same to 1e-9": bool(np.allclose(by_torch, X.mean(axis=0), rtol=1e-9))}

# %% [markdown] name="summary"
# ## 8. Summary and challenges · 总结：未来发展趋势与挑战
#
# **How to hand in a chapter.**
#
# 1. Choose *Kernel*, *Restart Kernel and Run All Cells*. The grading run does
#    the same: it starts from nothing and goes from top to bottom. What works
#    only because of a cell that you have deleted since does not work there.
# 2. Look at the points under each check. You may hand in an unfinished
#    chapter; what passes counts.
# 3. Save the notebook (Ctrl+S).
# 4. In a cell of your own in that chapter, run
#    `from autograde import submit` and then `submit()`. It packs the
#    notebook and says what to do with the file.
#
# You may hand in again. The latest submission counts.
#
# **What a check cannot do.** It judges results, not style, and not whether
# you understood. A few questions are answered in prose and read by a person.

# %% [markdown] name="questions"
# ## 9. Questions and answers · 附录：常见问题与解答
#
# <details><summary><code>NameError: name 'np' is not defined</code></summary>
#
# The kernel has not run the first code cell since it was started. Choose
# *Run*, *Run All Above Selected Cell*.
#
# </details>
# <details><summary><code>ModuleNotFoundError: No module named</code>
# <code>'autograde'</code></summary>
#
# The notebook runs in another Python than the course's. Close it and open the
# course with `python start.py` in the course's folder, or with `make lab`.
#
# </details>
# <details><summary>The check says that my function is not defined, but I
# wrote it</summary>
#
# Writing is not running. Run the cell with the function, then the check.
#
# </details>
# <details><summary>The result on the page is right, and the check still says
# <code>returned nothing</code></summary>
#
# `print` shows a value; `return` hands it over. The check needs the value.
#
# </details>
# %% [markdown] name="questions-continued"
# <details><summary>The kernel died</summary>
#
# Often the memory is full: an array with a few zeros too many in its shape.
# Restart the kernel and look at the shapes first.
#
# </details>
# <details><summary>I have deleted a cell of an exercise</summary>
#
# Press Esc, then Z. If the notebook was closed in between, run
# `python start.py restore 01` (or the number of
# another chapter) in a terminal in the course's folder. It brings the cell
# back and keeps your other answers.
#
# </details>
# <details><summary>May I use loops? May I use PyTorch where NumPy is
# shown?</summary>
#
# Yes. The check looks at the result: its type, its shape and its numbers.
#
# </details>

# %% [markdown] name="next"
# **Next: chapter 01, gradient descent.**

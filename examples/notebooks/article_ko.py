# %% [markdown]
# # 퍼셉트론과 논리 게이트
#
# 한 글이 Keras로 신경망에 논리 게이트를 가르치고, 모든 에폭의 숫자를 보여 주었다. 여기서는 그 글의
# 코드를 import 줄만 바꾸어 셀 하나씩 다시 실행한다. 나오는 숫자는 인쇄된 마지막 자리까지 그 글과 같다.
# 그리고 그 글에는 없던 그림을 곁들인다.
#
# *퍼셉트론*은 여러 신호를 받아 하나의 신호를 내보낸다. 입력마다 가중치를 곱하고, 모두 더한 뒤 편향을
# 더하고, 그 합의 함수값을 출력한다. 학습이란 출력이 원하는 답에 가까워질 때까지 가중치를 조금씩 바꾸는
# 일이다.

# %%
import numpy as np

import tinygrad_gates as tf
from tinygrad_gates import picture
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD

tf.random.set_seed(777)

# %% [markdown]
# ## OR
#
# 가능한 입력 네 가지와 그 답이 학습 데이터의 전부다. 모델은 유닛이 하나이고 활성화 함수가 없는 `Dense`
# 층 하나, 곧 가중치 둘과 편향 하나다.

# %%
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [1]])


def one_layer():
    model = Sequential()
    model.add(Dense(1, input_shape=(2,), activation="linear"))
    model.compile(optimizer=SGD(), loss=mse, metrics=["acc"])
    return model


model = one_layer()
recorder = WeightRecorder()
history = model.fit(x, y, epochs=500, verbose=0, callbacks=[recorder])
for epoch in (1, 2, 3, 4, 5, 496, 497, 498, 499, 500):
    loss, acc = history.history["loss"][epoch - 1], history.history["acc"][epoch - 1]
    print(f"Epoch {epoch}/500 - loss: {loss:.4f} - acc: {acc:.4f}")

# %% [markdown]
# 손실은 처음에 빠르게, 나중에는 천천히 줄어든다. 정확도는 0.5를 기준으로 맞은 답의 비율이므로 계단처럼
# 뛴다.

# %%
picture.curves(history, title="OR")

# %% [markdown]
# 가중치는 같은 시드에서 TensorFlow가 찾은 값과 같다. 입력 (1, 1)의 출력을 손으로 계산해 보자.

# %%
(w1, w2), b = model.get_weights()[0].ravel(), model.get_weights()[1][0]
print("weights", w1, w2, "bias", b)
print("output ", 1 * w1 + 1 * w2 + b)

# %% [markdown]
# 출력이 0.5보다 크면 1로 본다. 출력이 정확히 0.5인 곳은 직선이고, 학습은 답들이 제 쪽에 놓일 때까지 그
# 직선을 옮긴다.

# %%
picture.separating_lines(recorder, x, y, frames=16)

# %% [markdown]
# 학습 한 걸음은 무엇을 계산했을까? 값을 따라 앞으로, 기울기를 따라 뒤로 한 단계씩 살펴보자. 노드를 누르면
# 그 숫자와 규칙이 보인다.

# %%
model.player(x, y)

# %% [markdown]
# ## AND, NAND
#
# 같은 모델이 다른 답을 배운다. 난수는 앞에서 멈춘 곳에서 이어지므로 처음 가중치도 그 글과 같다.

# %%
for name, answers in (("AND", [0, 0, 0, 1]), ("NAND", [1, 1, 1, 0])):
    y = np.array(answers).reshape(4, 1)
    model = one_layer()
    history = model.fit(x, y, epochs=500, verbose=0).history
    print(f"{name:4} first loss {history['loss'][0]:.4f}, last {history['loss'][-1]:.4f}", end="; ")
    print("outputs", model.predict(x, verbose=0).ravel().round(4))

# %% [markdown]
# ## XOR
#
# 답은 0, 1, 1, 0이다. 층 하나로는 아무리 오래 학습해도 배우지 못한다.

# %%
y = np.array([[0], [1], [1], [0]])
model = one_layer()
history = model.fit(x, y, epochs=1000, verbose=0).history
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['acc'][-1]:.4f}")
print("outputs", model.predict(x, verbose=0).ravel().round(3))

# %% [markdown]
# 출력 네 개가 모두 답의 평균인 0.5 근처에 있다. 평면으로는 이것이 최선이다. (0, 1)과 (1, 0)을 한쪽에,
# (0, 0)과 (1, 1)을 다른 쪽에 두는 직선은 없기 때문이다.

# %%
picture.decision_surface(model, x, y, title="XOR, one layer")

# %% [markdown]
# ## 은닉층
#
# 입력과 출력 사이에 유닛 32개를 둔다. 유닛마다 자기 직선 아래에서는 0이고 위에서는 커지므로(`relu`),
# 출력이 휠 수 있다.

# %%
model = Sequential()
model.add(Dense(32, input_shape=(2,), activation="relu"))
model.add(Dense(1, activation="linear"))
model.compile(optimizer=SGD(), loss=mse, metrics=["acc"])
history = model.fit(x, y, epochs=500, verbose=0).history
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['acc'][-1]:.4f}")

# %%
picture.decision_surface(model, x, y, title="XOR, a hidden layer of 32")

# %%
model.graph()

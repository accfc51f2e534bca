# In [1]:
import tensorflow as tf

# In [2]:
tf.random.set_seed(777)

# In [3]:
import numpy as np
from keras.models import Sequential
from keras.layers import Dense # 완전 연결층
from keras.optimizers import SGD # 경사 하강법
from keras.losses import mse # mean squared error

# In [4]:
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array([[0],[1],[1],[1]])

# In [5]:
model = Sequential()

# Dense: 완전 연결층, 입력값을 전부 연결
model.add(Dense(1, input_shape=(2,), activation='linear')) # 입력값을 받는 layer의 수, 들어오는 형태(값이 (2,) 즉, [o, o] 형태), 활성화 함수

# 모델 준비
model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])
#모델 학습
model.fit(x, y, epochs=500) # 1에폭:전체 데이터를 한번 학습

# In [6]:
model.get_weights() # array(가중치, 바이어스)

# In [7]:
x1 = 1
x2 = 1

# In [8]:
(x1*0.49431458) + (x2*0.37552658) + 0.32719323

# In [9]:
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array([[0],[0],[0],[1]])

# In [10]:
model = Sequential()

model.add(Dense(1, input_shape=(2,), activation='linear'))

model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])

model.fit(x, y, epochs=500)

# In [11]:
model.get_weights() # array(가중치, 바이어스)

# In [12]:
x1 = 0
x2 = 1

# In [13]:
(x1*0.41167912) + (x2*0.48379776) - 0.18801045

# In [14]:
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array([[1],[1],[1],[0]])

# In [15]:
model = Sequential()

model.add(Dense(1, input_shape=(2,), activation='linear'))

model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])

model.fit(x, y, epochs=500)

# In [16]:
model.get_weights() # array(가중치, 바이어스)

# In [17]:
x1 = 0
x2 = 1

# In [18]:
(x1*-0.23936202) + (x2*-0.36854893) + 1.0174638

# In [19]:
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array([[0],[1],[1],[0]])

# In [20]:
model = Sequential()

model.add(Dense(1, input_shape=(2,), activation='linear'))

model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])

model.fit(x, y, epochs=1000) 

# In [21]:
from keras.optimizers import RMSprop

# In [22]:
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array([[0],[1],[1],[0]])

# In [23]:
model = Sequential()

model.add(Dense(32, input_shape=(2,), activation='relu'))
model.add(Dense(1, activation='linear')) # 다층 추가
model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])

model.fit(x, y, epochs=500)

# In [24]:
model.get_weights() # array(가중치, 바이어스)

# In [25]:
model.predict(x)

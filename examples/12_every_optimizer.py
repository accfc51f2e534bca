"""XOR, solved by every optimizer, each with a learning rate that suits it.

python examples/12_every_optimizer.py
"""

import tinygrad_gates as tf
from tinygrad_gates.keras import datasets, layers, optimizers
from tinygrad_gates.keras.models import Sequential

OPTIMIZERS = [
    optimizers.SGD(0.5),
    optimizers.RMSprop(0.02),
    optimizers.Adam(0.05),
    optimizers.AdamW(0.05),
    optimizers.Adagrad(0.3),
    optimizers.Adadelta(20.0),
    optimizers.Adamax(0.05),
    optimizers.Nadam(0.05),
    optimizers.Ftrl(0.3, initial_accumulator_value=0.0),  # else it forgets the initial weights
    optimizers.Lion(0.02),
    optimizers.Adafactor(0.1),
    optimizers.Lamb(0.05),
    optimizers.Muon(0.05),
]

x, y = datasets.gates.load_data("XOR")
for optimizer in OPTIMIZERS:
    tf.random.set_seed(11)
    model = Sequential([
        layers.Dense(8, activation="tanh", input_shape=(2,)),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    model.compile(optimizer=optimizer, loss="bce", metrics=["acc"])
    history = model.fit(x, y, epochs=300, verbose=0).history
    solved = next((e for e, acc in enumerate(history["acc"], 1) if acc == 1), None)
    answers = model.predict(x, verbose=0)[:, 0].round(2)
    print(
        f"{type(optimizer).__name__:9}  all right from epoch {solved or '-':>3}  answers {answers}"
    )

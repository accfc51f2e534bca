"""Handwritten digits with a small network: at least 97 % right on digits it never saw.

    pip install scikit-learn
    python examples/07_digits.py

scikit-learn ships the 1797 images of 8 by 8 pixels.
"""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import tinygrad_gates as tf
from tinygrad_gates.keras import layers
from tinygrad_gates.keras.models import Sequential

tf.random.set_seed(1)

images, digits = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    images, digits, test_size=0.2, random_state=0, stratify=digits
)

model = Sequential([
    layers.Rescaling(1 / 16, input_shape=(64,)),
    layers.GaussianNoise(0.1),
    layers.Dense(256, activation="relu"),
    layers.Dropout(0.3),
    layers.Dense(128, activation="relu"),
    layers.Dropout(0.3),
    layers.Dense(10),
])  # fmt: skip
model.compile(
    optimizer=tf.keras.optimizers.Adam(
        tf.keras.optimizers.schedules.CosineDecay(2e-3, decay_steps=40 * 45)
    ),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["acc"],
)
model.summary()
history = model.fit(x_train, y_train, epochs=40, verbose=0).history
print(f"after 40 epochs: loss {history['loss'][-1]:.4f}, acc {history['acc'][-1]:.4f}")

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"held out: loss {loss:.4f}, accuracy {100 * accuracy:.1f} %")

guesses = model.predict(x_test, verbose=0).argmax(axis=1)
for image, digit, guess in list(zip(x_test, y_test, guesses, strict=True))[:2]:
    print(f"\na {digit}, taken for a {guess}:")
    for row in image.reshape(8, 8):
        print("  " + "".join(" .:-=+*#%@"[int(pixel / 16 * 9)] * 2 for pixel in row).rstrip())

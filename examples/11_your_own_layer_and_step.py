"""A layer and a training step of your own, under fit's roof.

python examples/11_your_own_layer_and_step.py
"""

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates import gradients
from tinygrad_gates.keras import Model, datasets, layers, metrics
from tinygrad_gates.keras.saving import register_keras_serializable


@register_keras_serializable("examples")
class RadialBasis(layers.Layer):
    """Says how near a point is to each of some learned centers."""

    def __init__(self, centers, width=0.5, **options):
        super().__init__(**options)
        self.centers = centers
        self.width = width

    def build(self, input_shape):
        shape = (self.centers, input_shape[-1])
        self.places = self.add_weight(shape, initializer="random_normal", name="places")

    def call(self, inputs):
        apart = np.expand_dims(inputs, 1) - self.places  # (samples, centers, features)
        return np.exp(-np.sum(apart**2, axis=-1) / self.width**2)


class Penalised(Model):
    """A model whose step adds a price for large slopes at the points that it sees."""

    def __init__(self, inputs, outputs, price, **options):
        super().__init__(inputs=inputs, outputs=outputs, **options)
        self.price = price
        self.slope = metrics.Mean("slope")

    def train_step(self, data):
        x, y = data
        place = tf.Value(x.numpy())  # a leaf of its own, to differentiate by
        prediction = self(place, training=True)
        (slope,) = gradients(prediction.sum(), [place], create_graph=True)
        penalty = (slope**2).sum(axis=-1).mean()
        loss = self.compute_loss(y=y, y_pred=prediction) + self.price * penalty
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(gradients(loss, weights), weights, strict=True))
        self.slope.update_state(penalty.item() ** 0.5)
        return {"loss": loss.item(), "slope": self.slope.result()}


x, y = datasets.make_circles(200, noise=0.05, seed=0, factor=0.4)
for price in (0.0, 0.1):
    tf.random.set_seed(0)
    points = tf.keras.Input((2,))
    output = layers.Dense(1)(RadialBasis(12)(points))
    model = Penalised(points, output, price)
    model.compile(optimizer=tf.keras.optimizers.Adam(0.05), loss="mse")
    history = model.fit(x, y, epochs=60, verbose=0).history
    right = np.mean((model.predict(x, verbose=0)[:, 0] > 0.5) == y)
    print(
        f"price {price}: loss {history['loss'][-1]:.4f}, mean slope {history['slope'][-1]:.3f}, "
        f"accuracy {right:.2f}"
    )

layer = layers.deserialize(layers.serialize(RadialBasis(3, width=2.0)))
print(f"from its configuration: {layer.centers} centers of width {layer.width}")

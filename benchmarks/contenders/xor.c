/* The training loop of the 2-32-1 network for XOR: SGD on the mean squared error of all four
   samples. It writes the loss of each step, and changes the weights in place. */

enum { SAMPLES = 4, INPUTS = 2, UNITS = 32 };

void train(long steps, float rate, const float x[SAMPLES][INPUTS], const float y[SAMPLES],
           float w1[restrict INPUTS][UNITS], float b1[restrict UNITS], float w2[restrict UNITS],
           float b2[restrict 1], float losses[restrict]) {
    for (long step = 0; step < steps; step++) {
        float h[SAMPLES][UNITS], g[SAMPLES], loss = 0, gb2 = 0;
        for (int s = 0; s < SAMPLES; s++) {
            float output = b2[0];
            for (int u = 0; u < UNITS; u++) {
                float z = b1[u] + x[s][0] * w1[0][u] + x[s][1] * w1[1][u];
                h[s][u] = z > 0 ? z : 0;
            }
            for (int u = 0; u < UNITS; u++)
                output += h[s][u] * w2[u];
            float error = output - y[s];
            loss += error * error;
            g[s] = error * (2.0f / SAMPLES);
            gb2 += g[s];
        }
        losses[step] = loss / SAMPLES;
        for (int u = 0; u < UNITS; u++) {
            float gw2 = 0, gb1 = 0, gw10 = 0, gw11 = 0;
            for (int s = 0; s < SAMPLES; s++) {
                float gz = h[s][u] > 0 ? g[s] * w2[u] : 0;
                gw2 += h[s][u] * g[s];
                gb1 += gz;
                gw10 += x[s][0] * gz;
                gw11 += x[s][1] * gz;
            }
            w2[u] -= rate * gw2;
            b1[u] -= rate * gb1;
            w1[0][u] -= rate * gw10;
            w1[1][u] -= rate * gw11;
        }
        b2[0] -= rate * gb2;
    }
}

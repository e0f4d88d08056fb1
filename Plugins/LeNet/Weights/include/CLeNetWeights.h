/* The trained weights of LeNet and of its successor with ReLU and max pooling: safetensors files compiled into the
   program. */
#ifndef FM_CLENETWEIGHTS_H
#define FM_CLENETWEIGHTS_H
#include <stddef.h>
#include <stdint.h>

/* The bytes of a file, which live as long as the program; their number goes to *size. */
const uint8_t *fm_lenet_weights(size_t *size);
const uint8_t *fm_lenet_relu_weights(size_t *size);
#endif

/* The trained weights of LeNet, a safetensors file compiled into the program. */
#ifndef FM_CLENETWEIGHTS_H
#define FM_CLENETWEIGHTS_H
#include <stddef.h>
#include <stdint.h>

/* The bytes of the file, which live as long as the program; their number goes to *size. */
const uint8_t *fm_lenet_weights(size_t *size);
#endif

#include "CLeNetWeights.h"

static const uint8_t lenet[] = {
#embed "lenet.safetensors"
};

static const uint8_t lenet_relu[] = {
#embed "lenet-relu.safetensors"
};

const uint8_t *fm_lenet_weights(size_t *size) {
  *size = sizeof lenet;
  return lenet;
}

const uint8_t *fm_lenet_relu_weights(size_t *size) {
  *size = sizeof lenet_relu;
  return lenet_relu;
}

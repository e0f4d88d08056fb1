#include "CLeNetWeights.h"

static const uint8_t file[] = {
#embed "lenet.safetensors"
};

const uint8_t *fm_lenet_weights(size_t *size) {
  *size = sizeof file;
  return file;
}

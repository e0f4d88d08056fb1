#include "CLeNetWeights.h"

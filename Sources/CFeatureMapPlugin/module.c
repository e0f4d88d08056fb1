// The header is all there is: this file lets the compiler see it as C.
#include "featuremap_plugin.h"

// SPDX-License-Identifier: Apache-2.0
#define MML_KERNELS kernels_avx2
#define MML_KERNELS_NAME "avx2"
#include "ensemble/kernels/kernels_body.hpp"

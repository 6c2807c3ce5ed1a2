// SPDX-License-Identifier: Apache-2.0
#define MML_KERNELS kernels_avx512
#define MML_KERNELS_NAME "avx512"
#include "ensemble/kernels/kernels_body.hpp"

// SPDX-License-Identifier: Apache-2.0
#define MML_KERNELS kernels_avx2_exact
#define MML_KERNELS_NAME "avx2, exact"
#include "ensemble/kernels/kernels_body.hpp"

// SPDX-License-Identifier: Apache-2.0
#define MML_KERNELS kernels_avx2
#define MML_KERNELS_NAME "avx2"
#include "learners/network/kernels_body.hpp"

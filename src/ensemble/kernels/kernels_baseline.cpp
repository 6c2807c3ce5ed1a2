// SPDX-License-Identifier: Apache-2.0
#define MML_KERNELS kernels_baseline
#define MML_KERNELS_NAME "baseline"
#include "ensemble/kernels/kernels_body.hpp"

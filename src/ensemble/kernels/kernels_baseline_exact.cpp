// SPDX-License-Identifier: Apache-2.0
#define MML_KERNELS kernels_baseline_exact
#define MML_KERNELS_NAME "baseline, exact"
#include "ensemble/kernels/kernels_body.hpp"

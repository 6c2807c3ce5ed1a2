// SPDX-License-Identifier: Apache-2.0
#define MML_EIGEN_LEVEL avx512
#include "learners/network/eigen_product/product_body.hpp"

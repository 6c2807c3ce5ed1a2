// SPDX-License-Identifier: Apache-2.0
#define MML_EIGEN_LEVEL baseline
#include "learners/network/eigen_product/product_body.hpp"

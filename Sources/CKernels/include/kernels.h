#ifndef GEPETO_KERNELS_H
#define GEPETO_KERNELS_H
#endif

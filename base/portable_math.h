// Elementary functions that give the same bits on every machine and with every compiler.
//
// The C library picks a variant of log and exp by the processor it finds (with or without fused
// multiply-add), and they differ in the last bit: enough to change an event order. These use only
// IEEE additions, multiplications and divisions in a fixed order (the build forbids contraction).
// Relative error below 4e-16. Arguments must be finite; portable_log needs a positive normal one.
#pragma once

namespace springtide {

double portable_log(double x);
double portable_exp(double x);

// Quantile of the standard normal distribution, 0 < p < 1 (Wichura 1988, AS 241 PPND16; relative
// error about 1e-16 in its central part).
double normal_quantile(double p);

}  // namespace springtide

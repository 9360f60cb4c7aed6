#include "theory/networks/longest.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/portable_math.h"

namespace springtide::theory {
namespace {

// With probability `weight`: a shift, and an exponential time of mean `scale`.
struct Piece {
  double weight = 0, shift = 0, scale = 0;

  double below(double t) const {
    if (t < shift) return 0;
    return scale > 0 ? 1 - portable_exp(-std::min((t - shift) / scale, 700.0)) : 1;
  }
};
using Pieces = std::vector<Piece>;

void add_pieces(const Alternative& one, Pieces& pieces) {
  const double mean = one.time.mean, sd = std::sqrt(std::max(one.time.variance, 0.0));
  if (!(mean > 0)) return;
  if (sd <= mean) {
    pieces.push_back({one.weight, mean - sd, sd > 1e-9 * mean ? sd : 0});
    return;
  }
  const double cv2 = sd * sd / (mean * mean);
  const double p = 0.5 * (1 + std::sqrt((cv2 - 1) / (cv2 + 1)));
  pieces.push_back({one.weight * p, 0, mean / (2 * p)});
  pieces.push_back({one.weight * (1 - p), 0, mean / (2 * (1 - p))});
}

double below(const Pieces& pieces, double t) {
  double share = 1;
  for (const Piece& piece : pieces) share -= piece.weight * (1 - piece.below(t));
  return std::max(share, 0.0);
}

std::vector<double> points_of(const std::vector<Pieces>& branches) {
  constexpr std::array steps{0.0, 0.1, 0.3, 0.6, 1.0, 1.5, 2.2, 3.0, 4.0,
                             5.5, 7.5, 10., 14., 19., 25., 33., 42.};
  std::vector<double> points{0};
  for (const Pieces& pieces : branches)
    for (const Piece& piece : pieces) {
      if (piece.scale == 0) points.push_back(piece.shift);
      for (const double step : steps)
        if (piece.scale > 0) points.push_back(piece.shift + step * piece.scale);
    }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

// The five points of Gauss and Legendre on [-1, 1].
constexpr std::array<double, 5> nodes{-0.906179845938664, -0.5384693101056831, 0,
                                      0.5384693101056831, 0.906179845938664};
constexpr std::array<double, 5> weights{0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                        0.4786286704993665, 0.2369268850561891};

}  // namespace

Moments moments_of(const Branch& branch) {
  double mean = 0, square = 0;
  for (const Alternative& one : branch) {
    mean += one.weight * one.time.mean;
    square += one.weight * (one.time.variance + one.time.mean * one.time.mean);
  }
  return {mean, std::max(square - mean * mean, 0.0)};
}

Moments longest_of(const std::vector<Branch>& branches) {
  if (branches.empty()) return {};
  if (branches.size() == 1) return moments_of(branches.front());
  std::vector<Pieces> all;
  for (const Branch& branch : branches) {
    Pieces& pieces = all.emplace_back();
    for (const Alternative& one : branch) add_pieces(one, pieces);
  }
  const std::vector<double> points = points_of(all);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double middle = (points[i] + points[i + 1]) / 2, half = (points[i + 1] - points[i]) / 2;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      const double t = middle + half * nodes[n];
      double ended = 1;
      for (const Pieces& pieces : all) ended *= below(pieces, t);
      mean += half * weights[n] * (1 - ended);
      square += half * weights[n] * 2 * t * (1 - ended);
    }
  }
  return {mean, std::max(square - mean * mean, 0.0)};
}

}  // namespace springtide::theory

#include <cmath>
#include <map>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>

#include "theory/networks/closed.h"
#include "theory/networks/open.h"
#include "theory/stations/markov.h"

namespace springtide::theory {
namespace {

doctest::Approx near(double value, double tolerance = 1e-10) {
  return doctest::Approx(value).epsilon(tolerance);
}

TEST_CASE("traffic equations: a chain, a loop that returns, and calls that fan out") {
  CHECK((*traffic({5, 0, 0}, {{0, 1, 0}, {0, 0, 0.5}, {0, 0, 0}}))[2] == near(2.5));
  CHECK((*traffic({1}, {{0.75}}))[0] == near(4));
  // One request calls service 1 three times, which calls service 2 twice each.
  CHECK((*traffic({10, 0, 0}, {{0, 3, 0}, {0, 0, 2}, {0, 0, 0}}))[2] == near(60));
}

TEST_CASE("traffic that never leaves gives nothing") {
  CHECK_FALSE(traffic({1, 0}, {{0, 1}, {1, 0}}));
  CHECK_FALSE(traffic({1, 0}, {{0, 2}, {1, 0}}));  // each round makes more
  CHECK_FALSE(traffic({1, 0}, {{0, 1}}));
  CHECK_FALSE(traffic({1}, {{-0.5}}));
  CHECK_FALSE(traffic({NAN}, {{0.5}}));
}

TEST_CASE("a Jackson network of one station is that station; a tandem adds up") {
  const auto one = jackson({3}, {{0}}, {{5, 1}});
  CHECK(one->mean_response == near(mm1(3, 5)->mean_response));
  const auto tandem = jackson({3, 0}, {{0, 1}, {0, 0}}, {{5, 1}, {1, 4}});
  CHECK(tandem->mean_response ==
        near(mm1(3, 5)->mean_response + MarkovStation::make(3, 1, 4)->means().mean_response));
  CHECK(tandem->bottleneck == 1);
  CHECK(tandem->largest_scale == near(4.0 / 3));
  CHECK_FALSE(jackson({5}, {{0}}, {{5, 1}}));
  CHECK_FALSE(jackson({1, 0}, {{0, 3}, {0, 0}}, {{50, 1}, {50, 1}}));  // a row above one
}

TEST_CASE("mean value analysis agrees with the central server of Lazowska et al., chapter 6") {
  // Quantitative System Performance (1984): think 15 s, demands 0.605, 2.1 and 1.35 s.
  const std::vector<ClosedStation> stations = {{15, 0}, {0.605, 1}, {2.1, 1}, {1.35, 1}};
  CHECK(mean_value_analysis(stations, 1)->throughput == near(1 / 19.055));
  CHECK(mean_value_analysis(stations, 3)->throughput == near(0.152, 5e-3));
}

TEST_CASE("convolution and mean value analysis are two roads to one answer") {
  const std::vector<ClosedStation> stations = {{5, 0}, {0.3, 1}, {0.7, 1}, {0.7, 1}, {0, 1}};
  for (const int users : {1, 2, 9, 60}) {
    const auto a = mean_value_analysis(stations, users), b = convolution(stations, users);
    CHECK(a->throughput == near(b->throughput));
    CHECK(a->mean_response == near(b->mean_response));
    for (std::size_t i = 0; i < stations.size(); ++i)
      CHECK(a->mean_in_station[i] == near(b->mean_in_station[i]));
  }
}

TEST_CASE("a closed network of a delay and c servers is the finite source") {
  for (const int servers : {1, 3, 10}) {
    const auto network = convolution({{4, 0}, {0.5, servers}}, 40);
    const auto station = finite_source(40, 4, 2, servers);
    CHECK(network->throughput == near(station->means.throughput));
    CHECK(network->mean_response == near(station->means.mean_response));
    CHECK(network->utilisation[1] == near(station->means.utilisation));
  }
}

// The slow twin: global balance over all ways to spread four users over three stations in a ring.
TEST_CASE("a closed network agrees with the global balance of its chain") {
  constexpr int users = 4;
  const double demand[] = {0.5, 0.8, 1.1};
  const int servers[] = {1, 2, 0};
  std::map<std::vector<int>, int> index;
  for (int a = 0; a <= users; ++a)
    for (int b = 0; a + b <= users; ++b) {
      const int next = static_cast<int>(index.size());
      index[{a, b, users - a - b}] = next;
    }
  const auto n = static_cast<Eigen::Index>(index.size());
  Eigen::MatrixXd balance = Eigen::MatrixXd::Zero(n, n);
  for (const auto& [state, from] : index)
    for (int s = 0; s < 3; ++s) {
      if (state[s] == 0) continue;
      const int busy = servers[s] == 0 ? state[s] : std::min(state[s], servers[s]);
      std::vector<int> next = state;
      --next[s];
      ++next[(s + 1) % 3];
      balance(index[next], from) += busy / demand[s];
      balance(from, from) -= busy / demand[s];
    }
  balance.row(n - 1).setOnes();
  Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
  right(n - 1) = 1;
  const Eigen::VectorXd p = balance.partialPivLu().solve(right);
  const auto network = convolution({{0.5, 1}, {0.8, 2}, {1.1, 0}}, users);
  for (std::size_t s = 0; s < 3; ++s) {
    double mean = 0;
    for (const auto& [state, i] : index) mean += state[s] * p(i);
    CHECK(network->mean_in_station[s] == near(mean));
  }
}

TEST_CASE("closed networks of many users stay finite and reach their bounds") {
  const auto network = convolution({{100, 0}, {0.01, 8}, {0.001, 1}}, 2000);
  CHECK(network->throughput < 2000 / 100.011);
  CHECK(network->throughput == near(2000 / 100.011, 1e-3));
  const auto saturated = convolution({{1, 0}, {0.01, 2}}, 1000);
  CHECK(saturated->throughput == near(200, 1e-6));
  CHECK(mean_value_analysis({{1, 0}, {0.01, 1}}, 1000)->throughput == near(100, 1e-6));
}

TEST_CASE("meaningless closed networks give nothing") {
  CHECK_FALSE(mean_value_analysis({{1, 1}}, 0));
  CHECK_FALSE(mean_value_analysis({}, 1));
  CHECK_FALSE(mean_value_analysis({{0, 1}}, 1));
  CHECK_FALSE(mean_value_analysis({{1, 2}}, 1));
  CHECK_FALSE(convolution({{-1, 1}}, 1));
  CHECK_FALSE(convolution({{1, -1}}, 1));
}

}  // namespace
}  // namespace springtide::theory

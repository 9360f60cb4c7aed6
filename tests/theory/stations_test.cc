#include <cmath>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>

#include "theory/stations/approximation.h"
#include "theory/stations/erlang.h"
#include "theory/stations/general.h"
#include "theory/stations/markov.h"
#include "theory/stations/priority.h"

namespace springtide::theory {
namespace {

doctest::Approx near(double value, double tolerance = 1e-11) {
  return doctest::Approx(value).epsilon(tolerance);
}

// The slow twin of every Markov chain here: the stationary distribution of a generator matrix, by
// LU of the balance equations with one replaced by "the sum is one".
Eigen::VectorXd stationary(Eigen::MatrixXd rates) {
  const Eigen::Index n = rates.rows();
  rates.diagonal().setZero();
  for (Eigen::Index i = 0; i < n; ++i) rates(i, i) = -rates.row(i).sum();
  Eigen::MatrixXd balance = rates.transpose();
  balance.row(n - 1).setOnes();
  Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
  right(n - 1) = 1;
  return balance.partialPivLu().solve(right);
}

template <typename Birth>
Eigen::VectorXd chain(int last, Birth birth, double mu, int servers) {
  Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(last + 1, last + 1);
  for (int n = 0; n < last; ++n) {
    rates(n, n + 1) = birth(n);
    rates(n + 1, n) = std::min(n + 1, servers) * mu;
  }
  return stationary(rates);
}

double mean_of(const Eigen::VectorXd& p) {
  double sum = 0;
  for (Eigen::Index n = 0; n < p.size(); ++n) sum += static_cast<double>(n) * p(n);
  return sum;
}

TEST_CASE("Erlang's formulas agree with the published tables") {
  // Traffic that N circuits carry at 1 % blocking: ITU-T table of the Erlang loss formula.
  CHECK(*erlang_blocking(10, 4.461) == near(0.01, 2e-3));
  CHECK(*erlang_blocking(20, 12.031) == near(0.01, 2e-3));
  CHECK(*erlang_blocking(100, 84.064) == near(0.01, 2e-3));
  CHECK(*erlang_blocking(1, 1) == near(0.5));
  CHECK(*erlang_blocking(2, 1) == near(0.2));
  CHECK(*erlang_waiting(2, 1) == near(1.0 / 3));
  CHECK(*erlang_blocking(0, 3) == 1);
}

TEST_CASE("Erlang B of many servers neither overflows nor vanishes") {
  // The direct sum, B = 1 / sum_k c! / ((c-k)! a^k), is stable too for a >= c.
  double sum = 0, term = 1;
  for (int k = 0; k <= 5000; ++k) {
    sum += term;
    term *= (5000 - k) / 5200.0;
  }
  CHECK(*erlang_blocking(5000, 5200) == near(1 / sum));
  CHECK(*erlang_waiting(100'000, 99'000) > 0);
}

TEST_CASE("saturated and meaningless stations give nothing") {
  CHECK_FALSE(erlang_waiting(2, 2));
  CHECK_FALSE(erlang_blocking(-1, 2));
  CHECK_FALSE(erlang_blocking(2, NAN));
  CHECK_FALSE(MarkovStation::make(8, 1, 8));
  CHECK_FALSE(MarkovStation::make(1, 0, 1));
  CHECK_FALSE(mm1(1, 1));
  CHECK_FALSE(mg1(1, constant_moments(1)));
  CHECK_FALSE(mg1(0.5, {1, 0.5, 1}));  // E[S^2] below E[S]^2
  CHECK_FALSE(ConstantServiceStation::make(2, 0.5));
  CHECK_FALSE(mmck(1, 1, 3, 2));
  CHECK_FALSE(mg1_priority({{0.6, exponential_moments(1)}, {0.4, exponential_moments(1)}}));
  CHECK_FALSE(mmc_preemptive({1, 1}, 1, 2));
  CHECK_FALSE(kingman({1, 1, 1, 1, 1}));
}

TEST_CASE("the fewest servers are found") {
  for (const double load : {0.5, 4.0, 30.0}) {
    const int loss = *servers_for_blocking(load, 0.01), wait = *servers_for_waiting(load, 0.05);
    CHECK(*erlang_blocking(loss, load) <= 0.01);
    CHECK(*erlang_blocking(loss - 1, load) > 0.01);
    CHECK(*erlang_waiting(wait, load) <= 0.05);
    const auto less = erlang_waiting(wait - 1, load);
    CHECK((!less || *less > 0.05));
  }
}

TEST_CASE("M/M/3 agrees with the worked example of Gross et al. (eye clinic, 6 and 3 an hour)") {
  const auto clinic = MarkovStation::make(6, 3, 3);
  CHECK(clinic->probability_in_system(0) == near(1.0 / 9));
  CHECK(clinic->means().mean_waiting == near(8.0 / 9));
  CHECK(clinic->means().mean_in_system == near(26.0 / 9));
}

TEST_CASE("M/M/c with one server is M/M/1") {
  for (const double rho : {0.0, 0.1, 0.9, 0.999}) {
    const StationMeans one = *mm1(rho * 5, 5), many = MarkovStation::make(rho * 5, 5, 1)->means();
    CHECK(many.mean_in_system == near(one.mean_in_system));
    CHECK(many.mean_waiting == near(one.mean_waiting));
    CHECK(many.mean_wait == near(one.mean_wait));
    CHECK(many.mean_response == near(one.mean_response));
  }
  const auto station = MarkovStation::make(3, 5, 1);
  for (const double t : {0.0, 0.1, 1.0, 3.0})
    CHECK(station->response_above(t) == near(std::exp(-2 * t)));
  CHECK(station->response_quantile(0.99) == near(std::log(100) / 2));
}

TEST_CASE("M/M/c agrees with its birth-death chain") {
  for (const int servers : {1, 2, 8}) {
    const double lambda = 0.8 * servers * 2;
    const auto station = MarkovStation::make(lambda, 2, servers);
    const auto p = chain(
        300, [&](int) { return lambda; }, 2, servers);
    for (int n = 0; n < 40; ++n) REQUIRE(station->probability_in_system(n) == near(p(n), 1e-9));
    CHECK(station->means().mean_in_system == near(mean_of(p), 1e-9));
    CHECK(station->wait_probability() == near(p.tail(301 - servers).sum(), 1e-9));
  }
}

TEST_CASE("the distributions of wait and response have the right means and quantiles") {
  // mu = 2: also c mu - lambda = mu (3 of 4), where the general formula is 0/0.
  for (const double lambda : {1.0, 2.0, 3.0, 3.9}) {
    const auto station = MarkovStation::make(lambda, 2, 2);
    double wait = 0, response = 0;
    const double step = 1e-3;
    for (double t = step / 2; t < 400; t += step) {
      wait += station->wait_above(t) * step;
      response += station->response_above(t) * step;
    }
    CHECK(wait == near(station->means().mean_wait, 1e-5));
    CHECK(response == near(station->means().mean_response, 1e-5));
    for (const double p : {0.1, 0.5, 0.99, 0.9999}) {
      CHECK(station->response_above(station->response_quantile(p)) == near(1 - p, 1e-9));
      const double quantile = station->wait_quantile(p);
      if (quantile > 0)
        CHECK(station->wait_above(quantile) == near(1 - p, 1e-9));
      else
        CHECK(station->wait_probability() <= 1 - p + 1e-12);
    }
  }
}

TEST_CASE("M/M/c/K agrees with its birth-death chain, saturated or not") {
  for (const double lambda : {0.5, 3.0, 6.0, 100.0}) {
    const auto station = mmck(lambda, 2, 3, 12);
    const auto p = chain(
        12, [&](int) { return lambda; }, 2, 3);
    for (int n = 0; n <= 12; ++n)
      REQUIRE(station->probability[static_cast<std::size_t>(n)] == near(p(n), 1e-9));
    CHECK(station->means.loss == near(p(12), 1e-9));
    CHECK(station->means.throughput == near(lambda * (1 - p(12)), 1e-9));
    CHECK(station->means.mean_in_system ==
          near(station->means.throughput * station->means.mean_response, 1e-9));
  }
}

TEST_CASE("limits of M/M/c/K: no queue is Erlang's loss, an endless queue is M/M/c") {
  CHECK(mmck(9, 2, 5, 5)->means.loss == near(*erlang_blocking(5, 4.5)));
  const StationMeans endless = mmck(9, 2, 5, 4000)->means;
  CHECK(endless.mean_wait == near(MarkovStation::make(9, 2, 5)->means().mean_wait, 1e-9));
  CHECK(mmck(1e6, 1, 20, 5000)->means.throughput == near(20));  // no overflow far above capacity
}

TEST_CASE("the finite source agrees with the example of Gross et al. and with its chain") {
  // Five machines, 30 hours between failures, 3 hours to repair, two mechanics.
  const auto repair = finite_source(5, 30, 1.0 / 3, 2);
  CHECK(repair->probability[0] == near(0.619, 1e-3));
  CHECK(repair->means.mean_in_system == near(0.465, 2e-3));
  for (const int users : {1, 7, 40}) {
    const auto station = finite_source(users, 4, 0.5, 3);
    const auto p = chain(
        users, [&](int n) { return (users - n) / 4.0; }, 0.5, 3);
    CHECK(station->means.mean_in_system == near(mean_of(p), 1e-9));
    // Those not here think: N - L = X Z.
    CHECK(users - station->means.mean_in_system == near(station->means.throughput * 4, 1e-9));
  }
}

TEST_CASE("Pollaczek-Khinchine with exponential service is M/M/1, with all its moments") {
  const auto general = mg1(0.7, exponential_moments(1));
  CHECK(general->means.mean_wait == near(mm1(0.7, 1)->mean_wait));
  CHECK(general->wait_second_moment == near(2 * 0.7 / (0.3 * 0.3)));
  CHECK(general->response_variance == near(1 / (0.3 * 0.3)));
  CHECK(mg1(0.7, constant_moments(1))->means.mean_wait == near(mm1(0.7, 1)->mean_wait / 2));
  CHECK(mg1(0.7, erlang_moments(1, 1))->means.mean_wait == near(mm1(0.7, 1)->mean_wait));
  CHECK(mg1(0.7, hyperexponential_moments(0.3, 1, 1))->means.mean_wait ==
        near(mm1(0.7, 1)->mean_wait));
  CHECK(mg1(0.7, uniform_moments(1, 1))->wait_variance ==
        near(mg1(0.7, constant_moments(1))->wait_variance));
  CHECK(mg1(0.7, lognormal_moments(0, 0))->means.mean_wait ==
        near(mg1(0.7, constant_moments(1))->means.mean_wait));
  CHECK(mg1_processor_sharing(0.7, 1)->mean_response == near(1 / 0.3));
  CHECK(*processor_sharing_response(0.5, 1, 3) == near(6));
}

// Erlang's own formula (1909): alternating, so good only for small t.
double erlang_wait_at_most(double rho, double t) {
  double sum = 0;
  for (int k = 0; k <= static_cast<int>(t); ++k) {
    const double x = rho * (k - t);
    sum += std::pow(x, k) / std::tgamma(k + 1) * std::exp(-x);
  }
  return (1 - rho) * sum;
}

TEST_CASE("the waiting time of M/D/1 agrees with Erlang's formula where that is stable") {
  for (const double rho : {0.1, 0.5, 0.9}) {
    const auto station = ConstantServiceStation::make(rho, 1);
    CHECK(station->wait_at_most(0) == near(1 - rho));
    for (double t = 0; t < 8; t += 0.37)
      REQUIRE(station->wait_at_most(t) == near(erlang_wait_at_most(rho, t), 1e-9));
  }
}

TEST_CASE("the waiting time of M/D/1 has the mean and variance of Pollaczek-Khinchine") {
  const auto station = ConstantServiceStation::make(0.95 / 2, 2);
  double mean = 0, second = 0, previous = 0;
  const double step = 0.25;
  for (double t = step / 2; t < 600; t += step) {
    const double at_most = station->wait_at_most(t);
    REQUIRE(at_most >= previous - 1e-12);
    previous = at_most;
    mean += (1 - at_most) * step;
    second += 2 * t * (1 - at_most) * step;
  }
  const auto exact = mg1(0.95 / 2, constant_moments(2));
  CHECK(mean == near(exact->means.mean_wait, 1e-3));
  CHECK(second == near(exact->wait_second_moment, 1e-3));
  CHECK(station->means().mean_wait == near(19));
  const double quantile = station->wait_quantile(0.99);
  CHECK(station->wait_at_most(quantile) == near(0.99, 1e-7));
}

TEST_CASE("a single priority class is the plain station, under every discipline") {
  const PriorityClass one{0.7, exponential_moments(1)};
  CHECK((*mg1_priority({one}))[0].mean_wait == near(mm1(0.7, 1)->mean_wait));
  CHECK((*mg1_preemptive({one}))[0].mean_wait == near(mm1(0.7, 1)->mean_wait));
  const double plain = MarkovStation::make(7, 1, 10)->means().mean_wait;
  CHECK((*mmc_priority({7}, 1, 10))[0].mean_wait == near(plain));
  CHECK((*mmc_preemptive({7}, 1, 10))[0].mean_wait == near(plain));
}

TEST_CASE("priorities only move waiting between classes: load-weighted waits are conserved") {
  // Kleinrock's conservation law: sum rho_k Wq_k = rho R / (1 - rho), non-preemptive.
  const std::vector<PriorityClass> classes = {{0.2, exponential_moments(1)},
                                              {0.1, constant_moments(3)},
                                              {0.4, lognormal_moments(-0.8, 0.7)}};
  const auto result = *mg1_priority(classes);
  double weighted = 0, load = 0, residual = 0;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const double rho = classes[k].arrival_rate * classes[k].service.first;
    weighted += rho * result[k].mean_wait;
    load += rho;
    residual += classes[k].arrival_rate * classes[k].service.second / 2;
  }
  CHECK(weighted == near(load * residual / (1 - load)));
  // With one server and one mu the formulas for c servers are those for one.
  const PriorityClass fast{0.3, exponential_moments(1)}, slow{0.4, exponential_moments(1)};
  for (std::size_t k : {0, 1}) {
    CHECK((*mmc_priority({0.3, 0.4}, 1, 1))[k].mean_wait ==
          near((*mg1_priority({fast, slow}))[k].mean_wait));
    CHECK((*mmc_preemptive({0.3, 0.4}, 1, 1))[k].mean_wait ==
          near((*mg1_preemptive({fast, slow}))[k].mean_wait));
  }
  CHECK((*mmc_preemptive({0.3, 0.0, 0.4}, 1, 1))[1].mean_wait > 0);
}

// Two classes, preemptive, as a chain over (first, second) in the system.
TEST_CASE("preemptive priorities on two servers agree with their two-dimensional chain") {
  constexpr int limit = 24;
  const double first = 0.5, second = 0.4, mu = 1;
  const auto index = [](int i, int j) { return i * (limit + 1) + j; };
  const int states = (limit + 1) * (limit + 1);
  Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(states, states);
  for (int i = 0; i <= limit; ++i)
    for (int j = 0; j <= limit; ++j) {
      if (i < limit) rates(index(i, j), index(i + 1, j)) = first;
      if (j < limit) rates(index(i, j), index(i, j + 1)) = second;
      const int busy_first = std::min(i, 2), busy_second = std::min(j, 2 - busy_first);
      if (i > 0) rates(index(i, j), index(i - 1, j)) = busy_first * mu;
      if (j > 0) rates(index(i, j), index(i, j - 1)) = busy_second * mu;
    }
  const Eigen::VectorXd p = stationary(rates);
  double mean_first = 0, mean_second = 0;
  for (int i = 0; i <= limit; ++i)
    for (int j = 0; j <= limit; ++j) {
      mean_first += i * p(index(i, j));
      mean_second += j * p(index(i, j));
    }
  const auto classes = *mmc_preemptive({first, second}, mu, 2);
  CHECK(classes[0].mean_in_system == near(mean_first, 1e-6));
  CHECK(classes[1].mean_in_system == near(mean_second, 1e-6));
}

TEST_CASE("approximations are exact where they must be, and the bound is above") {
  const TwoMoments lognormal{0.8, 1, 1, 3, 1};
  CHECK(kingman(lognormal)->mean_wait == near(mg1(0.8, {1, 4, 0})->means.mean_wait));
  CHECK(*kingman_bound(lognormal) > kingman(lognormal)->mean_wait);
  const TwoMoments many{6, 1, 1, 1, 8};
  CHECK(allen_cunneen(many)->mean_wait == near(MarkovStation::make(6, 1, 8)->means().mean_wait));
  const TwoMoments regular{0.8, 0, 1, 0, 1};
  CHECK(kingman(regular)->mean_wait == 0);
  CHECK_FALSE(kingman(many));
}

}  // namespace
}  // namespace springtide::theory

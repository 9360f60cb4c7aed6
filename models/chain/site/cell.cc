#include "models/chain/site/cell.h"

namespace springtide::models::chain {

Cell::Cell(const Plan& plan, std::uint32_t number)
    : site_(plan, number),
      devices_(site_),
      network_(site_, devices_),
      clients_(site_),
      calls_(site_, network_, clients_),
      tasks_(site_, network_, calls_),
      stations_(site_, network_, devices_),
      queues_(site_, network_, devices_),
      incidents_(site_, network_, devices_, stations_, queues_, calls_),
      control_(site_, network_, devices_, stations_, queues_, clients_) {
  clients_.set_calls(&calls_);
}

void Cell::start(sim::Context& context) {
  site_.mail.open(context);
  incidents_.start();
  control_.start();
  queues_.start();
  clients_.start();
}

void Cell::handle(sim::Context& context, const sim::Event& event) {
  site_.mail.open(context);
  read({event.kind, event.a, event.b}, event.source());
  while (!site_.mail.empty()) read(site_.mail.next(), site_.number);
}

void Cell::read(const Letter& letter, std::uint32_t from_site) {
  const Handle handle = Handle::of(letter.b);
  switch (letter.what()) {
    case What::request: return clients_.due(letter.a, letter.b);
    case What::left_card: return network_.left_card(handle);
    case What::arrive: return stations_.arrive(handle);
    case What::enter: return stations_.left_card(handle);
    case What::served: return stations_.served(handle);
    case What::processors: return stations_.processors_due(letter);
    case What::go_on: return tasks_.go_on(handle);
    case What::done: return stations_.done(handle);
    case What::written: return stations_.written(handle);
    case What::put: return queues_.put(handle);
    case What::put_in: return queues_.left_card(handle);
    case What::stored: return queues_.stored(handle);
    case What::overdue: return queues_.overdue(handle);
    case What::copy: return queues_.copy(letter, from_site);
    case What::copied: return queues_.copied(letter);
    case What::delivered: return queues_.delivered(handle);
    case What::queue_second: return queues_.second(letter.a);
    case What::reconcile: return queues_.reconcile(letter.a);
    case What::reissue: return queues_.reissue(letter.a);
    case What::stored_again: return queues_.stored_again(letter);
    case What::moved: return queues_.moved(letter);
    case What::home: return network_.home(letter);
    case What::answer: return calls_.answer(handle, static_cast<Outcome>(letter.detail()));
    case What::call_done: return tasks_.call_done(handle, static_cast<Outcome>(letter.detail()));
    case What::retry: return calls_.retry(handle);
    case What::fallback: return calls_.fallback(handle);
    case What::cache_hit: return calls_.cache_hit(handle);
    case What::give_up: return calls_.give_up(handle);
    case What::lane: return calls_.lane_due(letter.a);
    case What::carry: return network_.carry(letter);
    case What::foreign: return network_.foreign(letter, from_site);
    case What::incident: return incidents_.due(letter.a, letter.b == 1);
    case What::link: return network_.link_due(letter);
    case What::pipe: return devices_.due(letter);
    case What::front: return calls_.through_the_front(handle);
    case What::look: return control_.look();
    case What::playbook: return control_.act(letter.a, letter.b == 1);
  }
}

}  // namespace springtide::models::chain

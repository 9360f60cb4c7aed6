// The queues of messages of a site: stored, acknowledged, delivered later.
//
//   put --> room? --> card --> disk here ------+--> all have it: acknowledged, and it waits
//            | no         `--> other sites, ---+                        |
//            |                 their disks                    consumer takes the first
//            +--> refused, or the oldest is dropped                     |
//                                                      its calls --> delivered
//                            reconciliation <-- lost <----+ badly
//                                  `--> disk --> waits again
//
// A delivery is a task without a caller whose own calls are those of `deliver`, with all that
// callers do (calls/). Who takes a message that is settled already drops it: it is known by its
// number. A queue may be diverted: what waits is moved through the disk of the other queue, and
// what is put goes there; it stays owed under the name it was put. Undone, what still waits there
// comes back.
//
// While one machine of the queue's node is up in a site nothing is lost there; when the last goes,
// all that waits is lost if there is one copy, and waits for the machines' return if there are
// more. That consumers of another site take over is left out.
#pragma once

#include <vector>

#include "models/chain/queues/backlog.h"
#include "models/chain/queues/ledger.h"
#include "models/chain/queues/queue_counts.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"

namespace springtide::models::chain {

class Queues {
 public:
  Queues(Site& site, Network& network, Devices& devices);

  void start();
  void put(Handle task);        // it has reached the queue
  void left_card(Handle task);  // and is through the card of its machine
  void stored(Handle task);     // one more has it on its disk
  void overdue(Handle task);    // nobody waits for the acknowledgement any more
  void copy(const Letter& letter, std::uint32_t from_site);  // of a message of another site
  void copied(const Letter& letter);
  void delivered(Handle task);
  void second(std::uint32_t queue);
  void reconcile(std::uint32_t queue);
  void reissue(std::uint32_t queue);
  void stored_again(const Letter& letter);
  void moved(const Letter& letter);

  // Machines of this queue are gone, or back.
  void lose(const MachineRange& range);
  void back(const MachineRange& range);

  // From now on; what waits goes along, or comes back where `to` is the queue itself.
  void divert(std::uint32_t queue, std::uint32_t to);
  void set_consumers(std::uint32_t queue, std::int64_t count);

  // Integrals up to now.
  void advance();
  void finish(Instant now);
  const QueueCounts& counts(std::uint32_t queue) const { return queues_[queue].counts; }
  std::int64_t backlog(std::uint32_t queue) const { return queues_[queue].backlog.size(); }
  std::int64_t owed(std::uint32_t queue) const { return queues_[queue].ledger.open(); }
  // Issues of this name that wait, in whichever queue.
  std::int64_t waiting_of(std::uint32_t queue) const;

 private:
  struct Queue {
    Queue(const QueuePlan& its_plan, std::uint32_t number, station::MeasuredWindow window)
        : plan(its_plan), consumers(its_plan.consumers), to(number), counts(window) {}

    const QueuePlan& plan;
    std::int64_t consumers, busy = 0;
    std::int64_t arriving = 0;  // puts that are being stored
    std::uint32_t to;           // where puts go
    std::uint32_t next_machine = 0;
    Backlog backlog;
    Ledger ledger;
    QueueCounts counts;
    Backlog moving;                        // to where puts go; it still counts as waiting here
    bool mover = false;                    // a batch of it is under way
    std::uint64_t pass = 0, pass_end = 0;  // of a reconciliation: messages [pass, pass_end)
    Instant owed_since{};                  // that it looks for
    bool reconciles = false;               // the next pass is planned
  };

  const std::vector<std::uint32_t>& up(const Queue& queue) const {
    return site_.health.up(queue.plan.service, site_.number);
  }
  std::uint32_t machine(Queue& queue);
  void end_put(std::uint32_t task, Outcome outcome);
  bool has_room(Queue& queue);
  bool send_copies(std::uint32_t task, const Queue& queue);
  void write(const Queue& queue, std::uint32_t machine, std::int64_t messages,
             const Letter& letter);
  void commit(std::uint32_t task);
  void append(Queue& queue, Message message);
  Message take(Queue& queue);
  void drop_first(Queue& queue);
  void clean(Queue& queue);
  void pump(Queue& queue);
  void deliver(Queue& queue, Message message);
  void lose(Message message);
  void plan_pass(Queue& queue);
  void move_on(Queue& queue);
  void lose_all(Queue& queue);
  void lose_work(const Queue& queue, const MachineRange& range);
  std::uint32_t number(const Queue& queue) const {
    return static_cast<std::uint32_t>(&queue - queues_.data());
  }

  Site& site_;
  Network& network_;
  Devices& devices_;
  std::vector<Queue> queues_;
  std::vector<std::uint32_t> others_;  // sites, the nearest first
};

}  // namespace springtide::models::chain

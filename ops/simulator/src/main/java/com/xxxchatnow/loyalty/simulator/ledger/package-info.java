/** RRR's state: links, earns, redemptions and the ledger of points. */
package com.xxxchatnow.loyalty.simulator.ledger;

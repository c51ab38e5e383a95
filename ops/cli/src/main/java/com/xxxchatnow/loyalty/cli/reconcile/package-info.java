/** Results and redemptions compared with RRR's ledger, and missing webhooks published from it. */
package com.xxxchatnow.loyalty.cli.reconcile;

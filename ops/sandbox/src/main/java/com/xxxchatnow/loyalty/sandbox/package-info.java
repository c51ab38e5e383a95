/** The whole pipeline on one machine, with a demonstration judged by RRR's ledger. */
package com.xxxchatnow.loyalty.sandbox;

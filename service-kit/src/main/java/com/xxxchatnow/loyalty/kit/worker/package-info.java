/**
 * Consume, call a slow service for each record, and commit results and offsets in one transaction.
 */
package com.xxxchatnow.loyalty.kit.worker;

/** What the fields of records that others publish must be to be believed. */
package com.xxxchatnow.loyalty.kit.records;

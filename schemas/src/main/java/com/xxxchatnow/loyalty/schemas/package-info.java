/** The catalogue of topics and the serdes of their records. */
package com.xxxchatnow.loyalty.schemas;

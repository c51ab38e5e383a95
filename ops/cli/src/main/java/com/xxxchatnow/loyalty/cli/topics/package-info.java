/** Topics and schemas: what is wanted, what is there, and the plan between the two. */
package com.xxxchatnow.loyalty.cli.topics;

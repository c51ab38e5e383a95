/** Which member at RRR belongs to a user: what link events say, and when RRR has to be asked. */
package com.xxxchatnow.loyalty.kit.links;

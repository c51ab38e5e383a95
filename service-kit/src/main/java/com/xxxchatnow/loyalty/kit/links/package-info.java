/** Which member belongs to a user, as events have told. */
package com.xxxchatnow.loyalty.kit.links;

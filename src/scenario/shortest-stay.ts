/** No stay is shorter: a participant that cannot finish its connect measures nothing. */
export const shortestStayMs = 1000;

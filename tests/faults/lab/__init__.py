"""The fault lab: real processes, real harm, and the books that tell what must hold."""

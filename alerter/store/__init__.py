"""Our own data: assessments as read, alerts as sent, and messages still to send."""

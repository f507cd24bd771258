"""An intent becomes statements, requirements, epics and stories."""

"""The interview that writes an intent: what is asked, and how an answer joins the document."""

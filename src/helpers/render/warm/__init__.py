"""Warm execution: every notebook in a fresh process that was forked with its libraries loaded.

Importing pandas, seaborn, pingouin and their kin takes a kernel longer than most of our chapters
take to run. So one process per run, the forkserver of `multiprocessing`, imports them once
(`preload`), and each notebook gets a fork of it (`server`): its own memory, random state, options,
environment and working folder, and nothing that another notebook did.

The forked process becomes a real IPython kernel, started by a jupyter_client kernel provisioner;
papermill, nbclient and the messages between them are the ordinary ones.

Plain papermill has it: ``papermill --engine warm in.ipynb out.ipynb``. A program that runs many
notebooks from one process gains most; any jupyter_client program can have the kernels alone with
``JUPYTER_DEFAULT_PROVISIONER_NAME=warm-provisioner``.

Where fork does not exist, and wherever a fork could not give what an ordinary kernel would
(`server.find_obstacle`), the ordinary kernel is started; results are the same, only later.

Not the same as in an ordinary kernel: a warning that a library gives when it is first imported is
not seen; a submodule that the notebook forgot to import may be there.
"""

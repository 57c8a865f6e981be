@echo off
rem Opens the course by a double click on Windows.
cd /d "%~dp0"
for %%v in (3.13 3.12 3.11 3) do (
  py -%%v -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && (
    py -%%v start.py %*
    exit /b
  )
)
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && (
  python start.py %*
  exit /b
)
echo The course needs Python 3.11, 3.12 or 3.13: install it from python.org, then
echo open this file again.
pause
exit /b 2

@echo off
rem start-here.cmd - for the technician: runs quell-kit.cmd from this stick, and says what came of it.
rem Results go to the folder results on the stick. Run it as administrator.
setlocal enableextensions enabledelayedexpansion
set "QUELL_BESIDE=1"
echo Campaign "<%campaign%>": patch "<%patch%>".
echo This takes some minutes. Do not take the stick out.
"%SystemRoot%\System32\cmd.exe" /c ""%~dp0quell-kit.cmd""
set "code=%errorlevel%"
echo.
if "!code!"=="0" echo All done, or this machine is not on the list: look into results.
if "!code!"=="3010" echo RESTART this machine, then run this again.
if "!code!"=="1641" echo This machine restarts now. Then run this again.
if "!code!"=="5" echo NO RIGHTS: right click, Run as administrator.
if "!code!"=="13" echo A FILE ON THIS STICK IS NOT THE RIGHT ONE: make the stick again. Do not use it.
if "!code!"=="50" echo Nothing is known of this Windows: write it on the sheet.
echo Code !code!. Write it on the sheet.
if not "%~1"=="/quiet" pause
exit /b %code%

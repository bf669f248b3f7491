@echo off
rem assign.cmd - puts the machines of the campaign into a workstation group, and assigns the bundle
rem to it. On a primary server with Windows. What fails is counted, and told at the end. Read
rem README.txt first: the bundle is made by hand.
setlocal enableextensions disabledelayedexpansion
set "group=quell-<%campaign%>"
set "bundle=quell-<%campaign%>"
set "failed=0"
call zman workstation-group-create "%group%"
<%each machine%>
call :add "<%name|plain%>"
<%end%>
call zman bundle-assign device "/Bundles/%bundle%" "/Devices/Workstations/%group%" --distribute-on-device-refresh
if errorlevel 1 set /a failed+=1
echo failed: %failed%
if "%failed%"=="0" exit /b 0
exit /b 1

:add
call zman workstation-group-add "%group%" "%~1"
if not errorlevel 1 goto :eof
echo not added: %~1
set /a failed+=1
goto :eof

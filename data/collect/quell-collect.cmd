@echo off
rem quell-collect.cmd - asks this computer about its updates, policy and protection.
rem
rem usage: quell-collect.cmd [FOLDER]
rem
rem For Windows XP and later; nothing needs to be installed. It changes nothing but one small file,
rem quell-NAME.txt in FOLDER, or beside this script. It is written under another name and renamed
rem when it is whole. Run it as administrator, or as a startup script: others may not read all.
rem
rem It ends with 0: done; 1: this computer has no name; 2: the file cannot be written.
rem
rem Nothing that is read is ever part of a command: tools write to the file themselves, and names
rem from outside are used as !name! alone, which cmd.exe does not read again. %sys%, %wmic% and
rem %root% are made of where Windows is. Programs are called by their whole paths, so that none
rem that somebody left in the current folder is run.
setlocal enableextensions disabledelayedexpansion
set "dir=%~dp0"
if not "%~1"=="" set "dir=%~f1"
setlocal enabledelayedexpansion
if not defined COMPUTERNAME exit /b 1

rem 64-bit tools, also where a 32-bit program started this script.
set "sys=%SystemRoot%\System32"
if exist "%SystemRoot%\Sysnative\cmd.exe" set "sys=%SystemRoot%\Sysnative"
set "wmic=%sys%\wbem\wmic.exe"
if not exist "%wmic%" set "wmic="

rem wmic.exe of XP leaves a file in the folder where it is called.
if defined TEMP cd /d "!TEMP!" 2>nul

rem The file is named after the computer. Where no file can be called so, it is named after the
rem number that Windows gave itself when it was set up.
set "name=!COMPUTERNAME!"
call :begin
if not exist "!half!" call :other_name
if not exist "!half!" exit /b 2

rem WMI may be broken, and hang: what can be known without it is there before it is asked.
if exist "!part!" del /q "!part!" >nul 2>nul
copy /y "!half!" "!part!" >nul 2>nul
if not exist "!part!" exit /b 2
call :without_wmi 2>nul >>"!part!"
move /y "!part!" "!out!" >nul 2>nul
if exist "!part!" exit /b 2
if not defined wmic goto :tidy
call :with_wmi 2>nul >>"!half!"
move /y "!half!" "!out!" >nul 2>nul
if exist "!half!" exit /b 2
:tidy
if exist "!half!" del /q "!half!" >nul 2>nul
exit /b 0

:other_name
for /f "tokens=3" %%a in ('call "%sys%\reg.exe" query "HKLM\SOFTWARE\Microsoft\Cryptography" /v MachineGuid 2^>nul') do set "name=%%a"
call :begin
goto :eof

:begin
set "safe="
for /f "delims=*?\/:<>|" %%a in ("!name!") do if "%%a"=="!name!" set "safe=1"
if not defined safe set "name=no-such-name"
set "half=!dir!\quell-!name!.tmp"
set "part=!dir!\quell-!name!.part.tmp"
set "out=!dir!\quell-!name!.txt"
if exist "!half!" del /q "!half!" >nul 2>nul
if defined safe call :common 2>nul >"!half!"
goto :eof

:common
echo quell.posture/1
echo about	script	cmd
for /f "tokens=2 delims=:." %%a in ('call "%sys%\chcp.com"') do echo about	code-page	%%a
echo about	computer	!COMPUTERNAME!
if defined USERNAME echo about	user	!USERDOMAIN!\!USERNAME!
if exist "%sys%\reg.exe" call :registry
if exist "%sys%\sc.exe" call :services
if exist "%sys%\net.exe" call :net
if exist "%sys%\getmac.exe" call :cards
echo raw	ver	-
ver
echo end	!errorlevel!
goto :eof

:without_wmi
if exist "%sys%\net.exe" call :net_lists
call :files_without
echo done
goto :eof

:with_wmi
call :wmi
if exist TempWmicBatchFile.bat del /q TempWmicBatchFile.bat >nul 2>nul
call :files_with
echo done
goto :eof

rem --- the registry: first what is always there, then how reg.exe says that something is not ---

:registry
set "dc="
"%sys%\reg.exe" query "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" /v ProductType 2>nul <nul | "%sys%\find.exe" "LanmanNT" >nul
if not errorlevel 1 set "dc=1"
call :value "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" "CurrentVersion"
call :missing "HKLM\SOFTWARE\quell-no-such-key"
call :missing "HKLM\SOFTWARE\Microsoft" /v "quell-no-such-value"
@registry@
@updates@
echo raw	reg-addresses	-
"%sys%\reg.exe" query "HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces" /s 2>nul <nul
echo end	!errorlevel!
goto :eof

:value
echo raw	reg	%~1\%~2
"%sys%\reg.exe" query "%~1" /v "%~2" 2>&1 <nul
echo end	!errorlevel!
goto :eof

:key
echo raw	reg	%~1\
"%sys%\reg.exe" query "%~1" 2>&1 <nul
echo end	!errorlevel!
goto :eof

:missing
echo raw	reg-missing	-
"%sys%\reg.exe" query %1 %2 %3 2>&1 <nul
echo end	!errorlevel!
goto :eof

:update
echo raw	reg-updates	%~1
"%sys%\reg.exe" query "%~1" 2>&1 <nul
echo end	!errorlevel!
goto :eof

rem --- services, accounts, shares, cards ---

:services
@services@
goto :eof

:service
echo raw	sc	%~1
"%sys%\sc.exe" query "%~1" 2>&1 <nul
"%sys%\sc.exe" qc "%~1" 2>&1 <nul
echo end	!errorlevel!
goto :eof

:net
echo raw	net-accounts	-
"%sys%\net.exe" accounts 2>&1 <nul
echo end	!errorlevel!
set "group="
for %%g in (Administrators Administratoren Administrateurs Administradores Amministratori Administratorzy Administratorer) do if not defined group call :group %%g
if not defined group echo admin:	unreadable	what the group Administrators is called here is not known
goto :eof

:group
"%sys%\net.exe" localgroup %1 >nul 2>nul <nul
if errorlevel 1 goto :eof
set "group=%1"
echo raw	net-localgroup	%1
"%sys%\net.exe" localgroup %1 2>&1 <nul
echo end	!errorlevel!
goto :eof

:net_lists
if not defined dc (
	echo raw	net-user	-
	"%sys%\net.exe" user 2>&1 <nul
	echo end	!errorlevel!
)
echo raw	net-share	-
"%sys%\net.exe" share 2>&1 <nul
echo end	!errorlevel!
goto :eof

:cards
echo raw	getmac	-
"%sys%\getmac.exe" /fo csv /nh 2>&1 <nul
echo end	!errorlevel!
goto :eof

rem --- WMI: read only; find.exe makes of it what fits the rest of the file ---

:wmi
echo raw	wmic	os
"%wmic%" os get LastBootUpTime,LocalDateTime 2>&1 <nul | "%sys%\find.exe" /v ""
echo end	!errorlevel!
echo raw	wmic	computersystem
"%wmic%" computersystem get Domain,UserName 2>&1 <nul | "%sys%\find.exe" /v ""
echo end	!errorlevel!
if not defined dc (
	echo raw	wmic	useraccount
	"%wmic%" useraccount where "LocalAccount=True" get Disabled,Lockout,Name,PasswordExpires,PasswordRequired,SID 2>&1 <nul | "%sys%\find.exe" /v ""
	echo end	!errorlevel!
)
echo raw	wmic	share
"%wmic%" share get Name,Type 2>&1 <nul | "%sys%\find.exe" /v ""
echo end	!errorlevel!
set "center=SecurityCenter"
set "columns=displayName,onAccessScanningEnabled"
if exist "%sys%\wevtutil.exe" set "center=SecurityCenter2"
if exist "%sys%\wevtutil.exe" set "columns=displayName,productState"
echo raw	wmic	antivirus
"%wmic%" /namespace:\\root\!center! path AntiVirusProduct get !columns! 2>&1 <nul | "%sys%\find.exe" /v ""
echo end	!errorlevel!
echo raw	wmic	qfe
"%wmic%" qfe get HotFixID,ServicePackInEffect 2>&1 <nul | "%sys%\find.exe" /v ""
echo end	!errorlevel!
goto :eof

rem --- files: their version as numbers, which no batch file can read by itself ---

:files_with
for /f "tokens=1* delims=\" %%a in ("%SystemRoot%") do set "root=%%a\\%%b"
@files_with@
goto :eof

:files_without
@files_without@
goto :eof

rem Its path here, its name in the result, and its path below the Windows folder as WMI wants it.
:file
if not exist "%~1" (
	echo file:%~2	absent
	goto :eof
)
if "%~3"=="" (
	echo file:%~2	unreadable	wmic did not tell its version
	goto :eof
)
echo raw	wmic-file	%~2
"%wmic%" datafile where "name='%root%\\%~3'" get Version 2>&1 <nul | "%sys%\find.exe" /v ""
echo end	!errorlevel!
goto :eof

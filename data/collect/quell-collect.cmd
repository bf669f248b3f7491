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
rem from outside are used as !name! alone, which cmd.exe does not read again.
setlocal enableextensions disabledelayedexpansion
set "dir=%~1"
if not defined dir set "dir=%~dp0"
setlocal enabledelayedexpansion
if not "!dir:~-1!"=="\" set "dir=!dir!\"
if not defined COMPUTERNAME exit /b 1

rem 64-bit tools, also where a 32-bit program started this script.
set "sys=!SystemRoot!\System32"
set "native="
if exist "!SystemRoot!\Sysnative\cmd.exe" set "native=1"
if defined native set "sys=!SystemRoot!\Sysnative"
set "wmic=!sys!\wbem\wmic.exe"
if not exist "!wmic!" set "wmic="

rem A file's name from the computer's: letters, digits, "-" and "_"; "_" for all others.
set "rest=!COMPUTERNAME!"
set "name="
for /l %%i in (1,1,63) do if defined rest call :letter
set "tmp=!dir!quell-!name!.tmp"
set "part=!dir!quell-!name!.part.tmp"
set "out=!dir!quell-!name!.txt"

rem wmic.exe of XP leaves a file in the folder where it is called.
if defined TEMP cd /d "!TEMP!" 2>nul

if exist "!tmp!" del /q "!tmp!" >nul 2>nul
(call :common >"!tmp!") 2>nul
if not exist "!tmp!" exit /b 2

rem WMI may be broken, and hang: what can be known without it is there before it is asked.
copy /y "!tmp!" "!part!" >nul 2>nul || exit /b 2
(call :without_wmi >>"!part!") 2>nul
move /y "!part!" "!out!" >nul 2>nul || exit /b 2
if not defined wmic goto :tidy
(call :with_wmi >>"!tmp!") 2>nul
move /y "!tmp!" "!out!" >nul 2>nul || exit /b 2
:tidy
if exist "!tmp!" del /q "!tmp!" >nul 2>nul
exit /b 0

:letter
set "c=!rest:~0,1!"
set "rest=!rest:~1!"
set "good=_"
for %%a in (A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 0 1 2 3 4 5 6 7 8 9 -) do if /i "!c!"=="%%a" set "good=%%a"
set "name=!name!!good!"
goto :eof

:common
echo quell.posture/1
echo about	script	cmd
for /f "tokens=2 delims=:." %%a in ('chcp') do echo about	code-page	%%a
echo about	computer	!COMPUTERNAME!
if defined USERNAME echo about	user	!USERDOMAIN!\!USERNAME!
if exist "!sys!\reg.exe" call :registry
if exist "!sys!\sc.exe" call :services
if exist "!sys!\net.exe" call :net
if exist "!sys!\getmac.exe" call :cards
echo raw	ver	-
ver
echo end	!errorlevel!
goto :eof

:without_wmi
if exist "!sys!\net.exe" call :net_lists
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
"!sys!\reg.exe" query "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" /v ProductType 2>nul <nul | "!sys!\find.exe" "LanmanNT" >nul && set "dc=1"
call :value "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" "CurrentVersion"
call :missing "HKLM\SOFTWARE\quell-no-such-key"
call :missing "HKLM\SOFTWARE\Microsoft" /v "quell-no-such-value"
@registry@
@updates@
echo raw	reg-addresses	-
"!sys!\reg.exe" query "HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces" /s 2>nul <nul | "!sys!\findstr.exe" /i "HKEY_ IPAddress"
echo end	!errorlevel!
goto :eof

:value
echo raw	reg	%~1\%~2
"!sys!\reg.exe" query "%~1" /v "%~2" 2>&1 <nul
echo end	!errorlevel!
goto :eof

:key
echo raw	reg	%~1\
"!sys!\reg.exe" query "%~1" 2>&1 <nul
echo end	!errorlevel!
goto :eof

:missing
echo raw	reg-missing	-
"!sys!\reg.exe" query %1 %2 %3 2>&1 <nul
echo end	!errorlevel!
goto :eof

:update
echo raw	reg-updates	%~1
"!sys!\reg.exe" query "%~1" 2>&1 <nul
echo end	!errorlevel!
goto :eof

rem --- services, accounts, shares, cards ---

:services
@services@
goto :eof

:service
echo raw	sc	%~1
"!sys!\sc.exe" query "%~1" 2>&1 <nul
"!sys!\sc.exe" qc "%~1" 2>&1 <nul
echo end	!errorlevel!
goto :eof

:net
echo raw	net-accounts	-
"!sys!\net.exe" accounts 2>&1 <nul
echo end	!errorlevel!
set "group="
for %%g in (Administrators Administratoren Administrateurs Administradores Amministratori Administratorzy Administratorer) do if not defined group call :group %%g
if not defined group echo admin:	unreadable	what the group Administrators is called here is not known
goto :eof

:group
"!sys!\net.exe" localgroup %1 >nul 2>nul <nul || goto :eof
set "group=%1"
echo raw	net-localgroup	%1
"!sys!\net.exe" localgroup %1 2>&1 <nul
echo end	!errorlevel!
goto :eof

:net_lists
if not defined dc (
	echo raw	net-user	-
	"!sys!\net.exe" user 2>&1 <nul
	echo end	!errorlevel!
)
echo raw	net-share	-
"!sys!\net.exe" share 2>&1 <nul
echo end	!errorlevel!
goto :eof

:cards
echo raw	getmac	-
"!sys!\getmac.exe" /fo csv /nh 2>&1 <nul
echo end	!errorlevel!
goto :eof

rem --- WMI: read only; find.exe makes of it what fits the rest of the file ---

:wmi
echo raw	wmic	os
"!wmic!" os get LastBootUpTime,LocalDateTime 2>&1 <nul | "!sys!\find.exe" /v ""
echo end	!errorlevel!
echo raw	wmic	computersystem
"!wmic!" computersystem get Domain,UserName 2>&1 <nul | "!sys!\find.exe" /v ""
echo end	!errorlevel!
if not defined dc (
	echo raw	wmic	useraccount
	"!wmic!" useraccount where "LocalAccount=True" get Disabled,Lockout,Name,PasswordExpires,PasswordRequired,SID 2>&1 <nul | "!sys!\find.exe" /v ""
	echo end	!errorlevel!
)
echo raw	wmic	share
"!wmic!" share get Name,Type 2>&1 <nul | "!sys!\find.exe" /v ""
echo end	!errorlevel!
set "center=SecurityCenter"
set "columns=displayName,onAccessScanningEnabled"
if exist "!sys!\wevtutil.exe" set "center=SecurityCenter2"
if exist "!sys!\wevtutil.exe" set "columns=displayName,productState"
echo raw	wmic	antivirus
"!wmic!" /namespace:\\root\!center! path AntiVirusProduct get !columns! 2>&1 <nul | "!sys!\find.exe" /v ""
echo end	!errorlevel!
echo raw	wmic	qfe
"!wmic!" qfe get HotFixID,ServicePackInEffect 2>&1 <nul | "!sys!\find.exe" /v ""
echo end	!errorlevel!
goto :eof

rem --- files: their version as numbers, which no batch file can read by itself ---

:files_with
@files_with@
goto :eof

:files_without
@files_without@
goto :eof

:file
set "path_there=!SystemRoot!\%~1"
set "seen=!path_there!"
if defined native set "seen=!seen:\system32\=\sysnative\!"
if not exist "!seen!" (
	echo file:%~2	absent
	goto :eof
)
if "%~3"=="" (
	echo file:%~2	unreadable	wmic did not tell its version
	goto :eof
)
set "quoted=!path_there:\=\\!"
echo raw	wmic-file	%~2
"!wmic!" datafile where "name='!quoted!'" get Version 2>&1 <nul | "!sys!\find.exe" /v ""
echo end	!errorlevel!
goto :eof

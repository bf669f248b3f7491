@echo off
rem quell-kit.cmd - one step after the other against one weakness: look, patch, look again, clean,
rem protect, update, and tell.
rem
rem It was written by quell for one campaign and the machines in the folder machines\. On any other
rem machine it does nothing. README.txt tells how to use it, how to undo it, what it leaves behind.
rem
rem It may run as often as you like: what is done is not done again, and where it was interrupted it
rem goes on. It never restarts a machine, and never cleans one whose patch is not in effect: it would
rem be infected again at once.
rem
rem It ends with the code of the step that failed, or 3010 (1641) if a restart is due, or 0. Its own
rem codes: 1 no computer name; 5 no rights; 13 a file is not the one it should be; 50 nothing is
rem known of this Windows.
rem
rem Names from outside are used as !name! alone, which cmd.exe does not read again; %name% is what
rem quell wrote itself, what Windows' own tools said, or where this script is. Programs are called by
rem their whole paths, so that none that somebody left in the current folder is run.
setlocal enableextensions disabledelayedexpansion
set "here=%~dp0"
set "campaign=<%campaign%>"
set "kit=<%channel%>"
set "made=<%made%>"
set "share=<%results%>"
set "watched=<%fixed_file%>"
setlocal enabledelayedexpansion
if not defined COMPUTERNAME exit /b 1

rem 64-bit tools, also where a 32-bit program started this script.
set "sys=%SystemRoot%\System32"
if exist "%SystemRoot%\Sysnative\cmd.exe" set "sys=%SystemRoot%\Sysnative"
set "wmic=%sys%\wbem\wmic.exe"
if not exist "%wmic%" set "wmic="
set "powershell=%sys%\WindowsPowerShell\v1.0\powershell.exe"
if not exist "%powershell%" set "powershell="

set "id="
call :listed 2>nul
if not defined id exit /b 0

set "beside="
if defined QUELL_BESIDE set "share="
if not defined share set "beside=1"
if defined beside set "share=%here%results"
set "work=%SystemRoot%\quell"
set "final=0"
set "version="
set "now="
set "pack=0"
call :windows 2>nul
call :file_name 2>nul
if not exist "!work!\" mkdir "!work!" >nul 2>nul
if not exist "!work!\" goto :no_rights
call :rights 2>nul
if not exist "!work!\rights.tmp" goto :no_rights
del /q "!work!\rights.tmp" >nul 2>nul
if exist "!work!\steps.tmp" del /q "!work!\steps.tmp" >nul 2>nul
call :main 2>nul
if exist "!work!\steps.tmp" del /q "!work!\steps.tmp" >nul 2>nul
if exist "!work!\out.tmp" del /q "!work!\out.tmp" >nul 2>nul
exit /b %final%

:no_rights
set "work="
set "final=5"
set "code=5"
set "text=no rights: only an administrator can install"
call :say patch refused
call :report 2>nul
exit /b %final%

:rights
echo yes >"!work!\rights.tmp"
goto :eof

rem --- is this machine meant? ---

:listed
rem Two characters are too few to be anything but a name, whatever they are.
set "tail=%COMPUTERNAME:~-2%"
for /f "delims=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" %%a in ("%tail%") do set "tail=other"
if not exist "%here%machines\%tail%.txt" set "tail=all"
if not exist "%here%machines\%tail%.txt" goto :eof
for /f "usebackq tokens=1,2 delims==" %%a in ("%here%machines\%tail%.txt") do if /i "%%a"=="!COMPUTERNAME!" set "id=%%b"
goto :eof

rem --- all steps ---

:main
call :clock
call :boot
call :detect
call :report
if "!state!"=="unknown" goto :refused
if "!state!"=="pending" goto :pending
if "!state!"=="fixed" goto :in_effect
call :patch
call :report
if "!result!"=="reboot" goto :pending
if not "!result!"=="done" if not "!result!"=="already" goto :not_patched
call :verify
call :report
if not "!state!"=="fixed" goto :not_patched

:in_effect
call :clean
call :report
call :protect
call :report
call :update
call :report
goto :eof

:refused
set "final=50"
set "code=50"
set "text=no fixed version is known for this Windows: look with quell assess"
call :say patch refused
goto :not_patched

:pending
if "!final!"=="0" set "final=3010"
set "code=!final!"
set "text=installed, in effect after a restart"
call :say restart reboot

:not_patched
if "!final!"=="0" set "final=!code!"
if "!final!"=="0" set "final=13"
<%if has_cleaner%>
set "code=0"
set "text=not before the patch is in effect"
call :say clean refused
<%end%>
call :report
goto :eof

rem --- detect: which version has the file? ---

:detect
set "state=unknown"
set "code=0"
<%if has_fixed%>
call :read_version
call :judge
set "text=!watched! !version!"
if not defined version set "text=!watched! cannot be read"
<%else%>
set "state=old"
set "text=no file is known by which the patch could be seen"
call :done_before patch
if defined before set "state=fixed"
<%end%>
if exist "!work!\!campaign!.started" call :started
if "!state!"=="pending" set "text=!text!, and no restart since it was installed"
call :say detect done
if "!state!"=="fixed" call :say patch already
goto :eof

rem An installer was started, and when this Windows had started: until it starts again, what is in
rem memory may be old, whatever lies on the disk.
:started
set "began="
set "ended="
for /f "usebackq tokens=1,2" %%a in ("%work%\%campaign%.started") do (
	set "began=%%a"
	set "ended=%%b"
)
if not "!began!"=="!boot!" goto :restarted
if "!boot!"=="unknown" goto :by_signs
if "!ended!"=="restart" set "state=pending"
if "!state!"=="fixed" set "state=pending"
goto :eof

:by_signs
if not "!ended!"=="restart" goto :eof
"%sys%\reg.exe" query "HKLM\SYSTEM\CurrentControlSet\Control\Session Manager" /v PendingFileRenameOperations >nul 2>nul <nul
if not errorlevel 1 set "state=pending"
if not "!state!"=="pending" goto :restarted
goto :eof

:restarted
del /q "!work!\!campaign!.started" >nul 2>nul
if not "!ended!"=="restart" goto :eof
set "old=!text!"
set "text=restarted since the patch was installed"
call :say restart done
set "text=!old!"
goto :eof

rem --- patch ---

:patch
set "acted="
set "result=none"
set "code=0"
set "text=no patch in this kit is for this Windows"
>"!work!\!campaign!.started" echo !boot! started
<%each patch%>
call :act "<%file_name%>" "<%sha256%>" "<%size%>" "<%args%>" "<%for_os%>" "<%for_arch%>"
<%end%>
if "!result!"=="reboot" >"!work!\!campaign!.started" echo !boot! restart
if not "!result!"=="reboot" if not "!result!"=="done" del /q "!work!\!campaign!.started" >nul 2>nul
if not defined acted set "code=50"
call :say patch !result!
if "!result!"=="reboot" set "final=!code!"
<%if not has_fixed%>
if "!result!"=="done" call :remember patch
if "!result!"=="already" call :remember patch
<%end%>
goto :eof

:verify
set "code=0"
set "state=fixed"
<%if has_fixed%>
call :read_version
call :judge
set "text=!watched! !version!"
if "!state!"=="fixed" call :say verify done
if not "!state!"=="fixed" set "text=!text!: the installer was content, and the file is not the fixed one"
if not "!state!"=="fixed" call :say verify failed
<%end%>
if "!state!"=="fixed" del /q "!work!\!campaign!.started" >nul 2>nul
goto :eof

rem --- clean, protect, update: once for each kit ---

:clean
<%if has_cleaner%>
call :done_before clean
if defined before goto :eof
call :begin
<%each cleaner%>
call :act "<%file_name%>" "<%sha256%>" "<%size%>" "<%args%>" "<%for_os%>" "<%for_arch%>"
<%end%>
call :end_step clean
<%end%>
goto :eof

:protect
<%if has_protection%>
call :done_before protect
if defined before goto :eof
call :begin
<%each protection%>
call :act "<%file_name%>" "<%sha256%>" "<%size%>" "<%args%>" "<%for_os%>" "<%for_arch%>"
<%end%>
call :end_step protect
<%end%>
goto :eof

:update
<%if has_update%>
call :done_before update
if defined before goto :eof
call :begin
<%each update%>
call :act "<%file_name%>" "<%sha256%>" "<%size%>" "<%args%>" "<%for_os%>" "<%for_arch%>"
<%end%>
call :end_step update
<%end%>
goto :eof

:begin
set "acted="
set "result=none"
set "code=0"
set "text=nothing in this kit is for this Windows"
goto :eof

:end_step
call :say %1 !result!
if "!result!"=="reboot" if "!final!"=="0" set "final=!code!"
if "!result!"=="failed" if "!final!"=="0" set "final=!code!"
if "!result!"=="refused" if "!final!"=="0" set "final=!code!"
if "!result!"=="done" call :remember %1
if "!result!"=="already" call :remember %1
if "!result!"=="reboot" call :remember %1
goto :eof

rem Done by this very kit? A kit that is made later does it again.
:done_before
set "before="
if not exist "!work!\!campaign!.%1" goto :eof
for /f "usebackq delims=" %%a in ("%work%\%campaign%.%1") do if "%%a"=="!made!" set "before=1"
if not defined before goto :eof
if "%1"=="patch" goto :eof
set "code=0"
set "text=done before"
call :say %1 already
goto :eof

:remember
>"!work!\!campaign!.%1" echo !made!
goto :eof

rem --- one file: is it for this Windows, is it the right one, run it ---

:act
if defined acted goto :eof
call :fits "%~5" "%~6"
if not defined fit goto :eof
set "acted=1"
set "file=%here%files\%~1"
set "short=%~1"
set "end=%~x1"
set "sum=%~2"
set "size=%~3"
set "args=%~4"
call :checked
if not defined good (
	set "result=refused"
	set "code=13"
	goto :eof
)
call :run
call :meaning
goto :eof

:fits
set "fit="
if not "%~2"=="" if /i not "%~2"=="!arch!" goto :eof
if "%~1"=="" (
	set "fit=1"
	goto :eof
)
set "want2="
set "want3="
for /f "tokens=1-3 delims=." %%a in ("%~1") do (
	set "want1=%%a"
	set "want2=%%b"
	set "want3=%%c"
)
for /f "tokens=1-3 delims=." %%a in ("%os%") do (
	if not "%%a"=="!want1!" goto :eof
	if defined want2 if not "%%b"=="!want2!" goto :eof
	if defined want3 if not "%%c"=="!want3!" goto :eof
)
set "fit=1"
goto :eof

rem SHA-256 by certutil. Windows before 7 has none that can: there only the size is compared, and the
rem result says so.
:checked
set "good="
set "note="
if not exist "!file!" (
	set "text=!short! is not there"
	goto :eof
)
set "is="
for %%a in ("%file%") do set "is=%%~za"
if not "!is!"=="!size!" (
	set "text=!short! is not the right one: its size is !is!"
	goto :eof
)
set "found="
if not exist "%sys%\certutil.exe" goto :no_sum
"%sys%\certutil.exe" -hashfile "!file!" SHA256 >"!work!\out.tmp" 2>nul <nul
if errorlevel 1 goto :no_sum
for /f "usebackq skip=1 delims=" %%a in ("%work%\out.tmp") do if not defined found set "found=%%a"
if not defined found goto :no_sum
rem Windows 7 puts blanks between the digits.
for /f "delims=0123456789abcdefABCDEF " %%a in ("%found%") do set "found="
if not defined found goto :no_sum
set "found=%found: =%"
if /i "!found!"=="!sum!" set "good=1"
if not defined good set "text=!short! is not the right one: its SHA-256 is !found!"
goto :eof

:no_sum
set "text=!short! was not run: its SHA-256 cannot be computed here"
if not defined old_windows goto :eof
set "good=1"
set "note=, only its size was compared: this Windows computes no SHA-256"
goto :eof

:run
set "code=0"
if /i "!end!"==".msi" (
	"%sys%\msiexec.exe" /i "!file!" !args! >nul 2>nul <nul
) else if /i "!end!"==".msp" (
	"%sys%\msiexec.exe" /p "!file!" !args! >nul 2>nul <nul
) else if /i "!end!"==".msu" (
	"%sys%\wusa.exe" "!file!" !args! >nul 2>nul <nul
) else (
	"!file!" !args! >nul 2>nul <nul
)
set "code=!errorlevel!"
goto :eof

rem 2359302: wusa.exe had it already. -2145124329: the update is not for this machine.
:meaning
set "result=failed"
set "text=!short! ended with !code!!note!"
if "!code!"=="0" set "result=done"
if "!code!"=="3010" set "result=reboot"
if "!code!"=="1641" set "result=reboot"
if "!code!"=="2359302" set "result=already"
if "!code!"=="-2145124329" set "result=none"
goto :eof

rem --- what this machine is ---

:windows
set "os="
for /f "delims=" %%a in ('ver') do set "os=%%a"
if not defined os for /f "delims=" %%a in ('ver') do set "os=%%a"
for %%a in (%os%) do set "os=%%a"
if defined os set "os=%os:]=%"
set "old_windows="
if "%os:~0,2%"=="5." set "old_windows=1"
if "%os:~0,4%"=="6.0." set "old_windows=1"
set "arch=x86"
if /i "!PROCESSOR_ARCHITECTURE!"=="AMD64" set "arch=x64"
if /i "!PROCESSOR_ARCHITEW6432!"=="AMD64" set "arch=x64"
if /i "!PROCESSOR_ARCHITECTURE!"=="ARM64" set "arch=arm64"
if /i "!PROCESSOR_ARCHITEW6432!"=="ARM64" set "arch=arm64"
rem The service pack as a number, in every language: 0x300 is the third.
set "csd=0"
for /f "tokens=1-3" %%a in ('call "%sys%\reg.exe" query "HKLM\SYSTEM\CurrentControlSet\Control\Windows" /v CSDVersion 2^>nul') do if /i "%%a"=="CSDVersion" set "csd=%%c"
set /a pack=csd/256 >nul 2>nul
goto :eof

:clock
set "now="
set "offset="
if not defined wmic goto :eof
"%wmic%" os get LocalDateTime 2>nul <nul | "%sys%\find.exe" "." >"!work!\out.tmp"
call :answer
if not defined answer goto :eof
for /f "delims=0123456789.+-" %%a in ("%answer%") do set "answer="
if not defined answer goto :eof
set "now=%answer:~0,4%-%answer:~4,2%-%answer:~6,2% %answer:~8,2%:%answer:~10,2%:%answer:~12,2%"
set "sign=%answer:~21,1%"
set /a minutes=1%answer:~22,3%-1000
set /a hours=minutes/60
set /a minutes=minutes-60*hours
set "hours=0%hours%"
set "minutes=0%minutes%"
set "offset=%sign%%hours:~-2%%minutes:~-2%"
goto :eof

rem When this Windows was started, as the birth of its first process tells it.
:boot
set "boot=unknown"
if not defined wmic if not defined powershell goto :eof
if defined wmic "%wmic%" process where "name='smss.exe'" get CreationDate 2>nul <nul | "%sys%\find.exe" "." >"!work!\out.tmp"
if not defined wmic "%powershell%" -NoProfile -NonInteractive -Command "(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToString('yyyyMMddHHmmss')" >"!work!\out.tmp" 2>nul <nul
call :answer
if defined answer set "boot=!answer!"
goto :eof

rem The first word of what was answered. wmic.exe puts two blanks behind it, before its many CRs.
:answer
set "answer="
for /f "usebackq tokens=1" %%a in ("%work%\out.tmp") do if not defined answer set "answer=%%a"
goto :eof

<%if has_fixed%>
:read_version
set "version="
for /f "tokens=1* delims=\" %%a in ("%SystemRoot%") do set "twice=%%a\\%%b\\%watched:\=\\%"
set "QUELL_FILE=%SystemRoot%\!watched!"
if defined wmic "%wmic%" datafile where "name='%twice%'" get Version 2>nul <nul | "%sys%\find.exe" "." >"!work!\out.tmp"
if not defined wmic if defined powershell "%powershell%" -NoProfile -NonInteractive -Command "$v = (Get-Item -LiteralPath $env:QUELL_FILE).VersionInfo; '{0}.{1}.{2}.{3}' -f $v.FileMajorPart, $v.FileMinorPart, $v.FileBuildPart, $v.FilePrivatePart" >"!work!\out.tmp" 2>nul <nul
if not defined wmic if not defined powershell goto :eof
call :answer
set "version=!answer!"
goto :eof

rem Old if one row says so, fixed if one does and none says otherwise.
:judge
set "state=unknown"
set "build="
set "revision="
if not defined version goto :eof
for /f "tokens=1-4 delims=." %%a in ("%version%") do (
	set "major=%%a"
	set "build=%%a.%%b.%%c"
	set "revision=%%d"
)
if not defined revision goto :eof
set "odd="
for /f "delims=0123456789" %%a in ("%revision%%major%") do set "odd=1"
if defined odd goto :eof
<%each fixed%>
call :row "<%branch%>" "<%revision%>" "<%pack%>"
<%end%>
goto :eof

rem Two branches of one build are told apart by 20000, on Windows 6.0 and later.
:row
if not "!build!"=="%~1" goto :eof
if not "%~3"=="" if not "!pack!"=="%~3" goto :eof
set /a is=revision/20000, wants=%~2/20000 >nul
if !major! geq 6 if not "!is!"=="!wants!" goto :eof
if !revision! lss %~2 (
	set "state=old"
) else if "!state!"=="unknown" (
	set "state=fixed"
)
goto :eof
<%end%>

rem --- the result: one small file, whole or not at all ---

:say
set "line=step=%1 result=%2 code=!code! text=!text!"
if defined work >>"!work!\steps.tmp" echo !line!
goto :eof

rem Where no file can be called as the computer is, it is called by the number that Windows gave
rem itself when it was set up.
:file_name
set "name="
for /f "delims=*?\/:<>|" %%a in ("!COMPUTERNAME!") do if "%%a"=="!COMPUTERNAME!" set "name=!COMPUTERNAME!"
if defined name goto :eof
set "name=no-such-name"
for /f "tokens=1-3" %%a in ('call "%sys%\reg.exe" query "HKLM\SOFTWARE\Microsoft\Cryptography" /v MachineGuid 2^>nul') do if /i "%%a"=="MachineGuid" set "name=%%c"
goto :eof

:report
if defined beside if not exist "!share!\" mkdir "!share!" >nul 2>nul
set "to=!share!"
call :put
if defined put goto :eof
rem The share cannot be written: the result stays here, and the next run tries again.
if not defined work goto :eof
set "to=!work!"
call :put
goto :eof

:put
set "put="
if exist "!to!\!name!.tmp" del /q "!to!\!name!.tmp" >nul 2>nul
call :lines >"!to!\!name!.tmp" 2>nul
if not exist "!to!\!name!.tmp" goto :eof
move /y "!to!\!name!.tmp" "!to!\!name!.txt" >nul 2>nul
if exist "!to!\!name!.tmp" goto :eof
set "put=1"
goto :eof

:lines
echo QUELL-RESULT 1
echo campaign=!campaign!
echo machine=!id!
echo computer=!COMPUTERNAME!
echo kit=!kit!
if defined now echo time=!now!
if defined now echo offset=!offset!
echo os=!os!
echo arch=!arch!
if defined work type "!work!\steps.tmp"
if not defined work echo !line!
if defined version echo file=!watched! version=!version!
echo end
goto :eof

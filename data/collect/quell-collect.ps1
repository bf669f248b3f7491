# quell-collect.ps1 - asks this computer about its updates, policy and protection.
#
# usage: powershell -NoProfile -ExecutionPolicy Bypass -File quell-collect.ps1 [FOLDER]
#
# For PowerShell 2 and later; nothing needs to be installed. It changes nothing but one small file,
# quell-NAME.txt in FOLDER, or beside this script. It is written under another name and renamed when
# it is whole. Run it as administrator, or as a startup script: others may not read all.
#
# It ends with 0: done; 2: the file cannot be written.
param([string]$Folder = '')
$ErrorActionPreference = 'Stop'
$invariant = [Globalization.CultureInfo]::InvariantCulture
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
if ($Folder -eq '') { $Folder = $here }

# 64-bit files and keys, also where a 32-bit program started this script.
if ($env:PROCESSOR_ARCHITEW6432) {
    $native = Join-Path $env:SystemRoot 'Sysnative\WindowsPowerShell\v1.0\powershell.exe'
    if (Test-Path -LiteralPath $native) {
        & $native -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $MyInvocation.MyCommand.Path $Folder
        exit $LASTEXITCODE
    }
}

# --- what is told ---

$lines = New-Object System.Collections.ArrayList

function Get-Clean($Text) {
    $clean = ([string]$Text) -replace '[\x00-\x1f\x7f]', ' '
    if ($clean.Length -gt 500) { $clean = $clean.Substring(0, 500) }
    $clean
}

function Add-Line {
    $clean = @($args | ForEach-Object { Get-Clean $_ })
    [void]$lines.Add([string]::Join("`t", [string[]]$clean))
}

function Add-Value($Key, $Value) { Add-Line $Key 'value' $Value }
function Add-Absent($Key) { Add-Line $Key 'absent' }
function Add-Unreadable($Key, $Why) { Add-Line $Key 'unreadable' $Why }
function Get-Why($Record) { $Record.Exception.Message }
function Get-Time($Time) { $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant) }

# Classes by WMI's cmdlet where there is one; PowerShell 6 and later have the other.
function Get-Instances($Class, $Namespace = 'root\cimv2', $Filter = '') {
    if (Get-Command Get-WmiObject -ErrorAction SilentlyContinue) {
        if ($Filter -ne '') { return Get-WmiObject -Class $Class -Namespace $Namespace -Filter $Filter }
        return Get-WmiObject -Class $Class -Namespace $Namespace
    }
    if ($Filter -ne '') { return Get-CimInstance -ClassName $Class -Namespace $Namespace -Filter $Filter }
    Get-CimInstance -ClassName $Class -Namespace $Namespace
}

# --- registry, files, services: what quell asked for when it wrote this script ---

function Get-Data($Data) {
    if ($Data -is [byte[]]) { return [string]::Join('', [string[]]@($Data | ForEach-Object { $_.ToString('x2') })) }
    if ($Data -is [array]) { return [string]::Join('; ', [string[]]$Data) }
    if ($Data -is [int]) { return ([int64]$Data -band 4294967295).ToString($invariant) }
    [string]$Data
}

function Read-Value($Path, $Name) {
    $key = "registry:HKLM\$Path\$Name"
    try {
        $opened = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path)
        if ($null -eq $opened) { Add-Absent $key; return }
        $data = $opened.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        $opened.Close()
        if ($null -eq $data) { Add-Absent $key } else { Add-Value $key (Get-Data $data) }
    } catch { Add-Unreadable $key (Get-Why $_) }
}

function Read-Key($Path) {
    $key = "registry:HKLM\$Path\"
    try {
        $opened = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path)
        if ($null -eq $opened) { Add-Absent $key; return }
        $opened.Close()
        Add-Value $key 'present'
    } catch { Add-Unreadable $key (Get-Why $_) }
}

function Read-Updates($Path) {
    try {
        $opened = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Path)
        if ($null -eq $opened) { return }
        foreach ($name in $opened.GetSubKeyNames()) {
            if ($name -match '^(KB|Q)\d{5,8}') { Add-Value ('hotfix:' + $matches[0]) 'installed' }
        }
        $opened.Close()
    } catch { Add-Unreadable 'hotfix:' (Get-Why $_) }
}

function Read-File($Path) {
    $full = Join-Path $env:SystemRoot ($Path -replace '/', '\')
    try {
        if (-not [IO.File]::Exists($full)) { Add-Absent "file:$Path"; return }
        $v = [Diagnostics.FileVersionInfo]::GetVersionInfo($full)
        if ($null -eq $v.FileVersion) { Add-Unreadable "file:$Path" 'it has no version' }
        else { Add-Value "file:$Path" ('{0}.{1}.{2}.{3}' -f $v.FileMajorPart, $v.FileMinorPart, $v.FileBuildPart, $v.FilePrivatePart) }
        Add-Value "file.changed:$Path" (Get-Time ([IO.File]::GetLastWriteTimeUtc($full)))
    } catch { Add-Unreadable "file:$Path" (Get-Why $_) }
}

$states = @{ 'Running' = 'running'; 'Stopped' = 'stopped'; 'Paused' = 'paused'; 'Start Pending' = 'starting'; 'Stop Pending' = 'stopping' }
$starts = @{ 'Auto' = 'automatic'; 'Manual' = 'manual'; 'Disabled' = 'disabled'; 'Boot' = 'boot'; 'System' = 'system' }

function Read-Service($Name) {
    try {
        $found = @(Get-Instances 'Win32_Service' 'root\cimv2' "Name='$Name'")
        if ($found.Count -eq 0 -or $null -eq $found[0]) { $found = @(Get-Instances 'Win32_SystemDriver' 'root\cimv2' "Name='$Name'") }
        if ($found.Count -eq 0 -or $null -eq $found[0]) { Add-Absent "service:$Name"; return }
        $state = $states[[string]$found[0].State]
        $start = $starts[[string]$found[0].StartMode]
        if ($state -and $start) { Add-Value "service:$Name" "$state $start" }
        else { Add-Unreadable "service:$Name" ('state ' + $found[0].State + ', start ' + $found[0].StartMode) }
    } catch { Add-Unreadable "service:$Name" (Get-Why $_) }
}

# --- the machine ---

function Read-System {
    $os = @(Get-Instances 'Win32_OperatingSystem')[0]
    $boot = $os.LastBootUpTime
    if ($boot -is [string]) { $boot = [Management.ManagementDateTimeConverter]::ToDateTime($boot) }
    Add-Value 'os.boot' (Get-Time $boot)
    $script:isController = $os.ProductType -eq 2
}

function Read-Computer {
    $computer = @(Get-Instances 'Win32_ComputerSystem')[0]
    if ($computer.Domain) { Add-Line 'about' 'domain' $computer.Domain }
    if ($computer.UserName) { Add-Line 'about' 'user' $computer.UserName }
}

function Read-Cards {
    foreach ($card in @(Get-Instances 'Win32_NetworkAdapterConfiguration' 'root\cimv2' 'IPEnabled=True')) {
        if ($null -ne $card -and $card.MACAddress) { Add-Line 'about' 'card' $card.MACAddress ([string]::Join(' ', [string[]]@($card.IPAddress))) }
    }
}

function Read-Hotfixes {
    foreach ($fix in @(Get-Instances 'Win32_QuickFixEngineering')) {
        if ($null -ne $fix -and $fix.HotFixID -match '^(KB|Q)\d{5,8}') { Add-Value ('hotfix:' + $matches[0]) 'claimed' }
    }
}

# net accounts has no class of its own; quell knows its lines in every language.
function Read-Policy {
    Add-Line 'raw' 'net-accounts' '-'
    $ErrorActionPreference = 'Continue'
    foreach ($line in @(& (Join-Path $env:SystemRoot 'System32\net.exe') accounts 2>&1)) { Add-Line $line }
    Add-Line 'end' $LASTEXITCODE
}

function Read-Accounts {
    if ($script:isController) { return }
    $count = 0
    foreach ($account in @(Get-Instances 'Win32_UserAccount' 'root\cimv2' 'LocalAccount=True')) {
        if ($null -eq $account) { continue }
        $words = 'rid=' + ($account.SID -replace '^.*-', '')
        if ($account.Disabled) { $words += ' disabled' } else { $words += ' enabled' }
        if (-not $account.PasswordExpires) { $words += ' never-expires' }
        if (-not $account.PasswordRequired) { $words += ' no-password-required' }
        if ($account.Lockout) { $words += ' locked' }
        Add-Value ('account:' + $account.Name) $words
        $count++
    }
    Add-Value 'account:' $count
}

# The group by its number, since its name is translated; its members with their domains.
function Read-Admins {
    $sid = New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-544'
    $name = $sid.Translate([Security.Principal.NTAccount]).Value -replace '^.*\\', ''
    $count = 0
    $group = [ADSI]"WinNT://./$name,group"
    foreach ($member in @($group.psbase.Invoke('Members'))) {
        $type = $member.GetType()
        $parts = $type.InvokeMember('ADsPath', 'GetProperty', $null, $member, $null).Substring(8).Split('/')
        $class = $type.InvokeMember('Class', 'GetProperty', $null, $member, $null).ToLowerInvariant()
        if ($class -ne 'user' -and $class -ne 'group') { $class = 'unknown' }
        $who = $parts[$parts.Length - 1]
        if ($parts.Length -gt 1) { $who = $parts[$parts.Length - 2] + '\' + $who }
        Add-Value "admin:$who" $class
        $count++
    }
    Add-Value 'admin:' $count
}

$kinds = @('disk', 'printer', 'device', 'ipc')
$known = @{ 'S-1-1-0' = 'Everyone'; 'S-1-5-7' = 'NT AUTHORITY\ANONYMOUS LOGON'; 'S-1-5-11' = 'NT AUTHORITY\Authenticated Users'
    'S-1-5-18' = 'NT AUTHORITY\SYSTEM'; 'S-1-5-32-544' = 'BUILTIN\Administrators'; 'S-1-5-32-545' = 'BUILTIN\Users'
    'S-1-5-32-546' = 'BUILTIN\Guests'; 'S-1-5-32-547' = 'BUILTIN\Power Users' }

function Read-Shares {
    $count = 0
    foreach ($share in @(Get-Instances 'Win32_Share')) {
        if ($null -eq $share) { continue }
        $type = [uint32]$share.Type
        $words = $kinds[$type -band 3]
        if ($type -ge 2147483648 -or $share.Name.EndsWith('$')) { $words += ' hidden' }
        Add-Value ('share:' + $share.Name) $words
        $count++
    }
    Add-Value 'share:' $count
}

# Bit 1 of an access mask is FILE_WRITE_DATA; administrative shares have no list of their own.
function Read-Writers {
    if (-not (Get-Command Get-WmiObject -ErrorAction SilentlyContinue)) { return }
    foreach ($setting in @(Get-WmiObject -Class Win32_LogicalShareSecuritySetting)) {
        if ($null -eq $setting) { continue }
        $list = $setting.GetSecurityDescriptor().Descriptor.DACL
        $writers = @()
        if ($null -eq $list) { $writers += 'Everyone' }
        foreach ($entry in @($list)) {
            if ($null -eq $entry -or $entry.AceType -ne 0 -or ($entry.AccessMask -band 2) -eq 0) { continue }
            $who = $known[[string]$entry.Trustee.SIDString]
            if (-not $who -and $entry.Trustee.Domain) { $who = $entry.Trustee.Domain + '\' + $entry.Trustee.Name }
            if (-not $who) { $who = [string]$entry.Trustee.Name }
            if ($writers -notcontains $who) { $writers += $who }
        }
        if ($writers.Count -eq 0) { $writers += 'nobody' }
        Add-Value ('share.writers:' + $setting.Name) ([string]::Join('; ', [string[]]$writers))
    }
}

# What Security Center lists; the second byte of its state is 0x10 or 0x11 where it is on. Servers
# have no Security Center; Defender tells more than that.
function Read-Protection {
    $details = ''
    $on = $false
    if (Get-Command Get-MpComputerStatus -ErrorAction SilentlyContinue) {
        try {
            $defender = Get-MpComputerStatus
            $on = $defender.AMServiceEnabled -and $defender.RealTimeProtectionEnabled
            if ($defender.AntivirusSignatureLastUpdated) { $details += ' signatures=' + $defender.AntivirusSignatureLastUpdated.ToString('yyyy-MM-dd', $invariant) }
            if ($defender.AMEngineVersion) { $details += ' engine=' + $defender.AMEngineVersion }
        } catch { $details = '' }
    }
    $center = 'root\SecurityCenter'
    if ([Environment]::OSVersion.Version.Major -ge 6) { $center = 'root\SecurityCenter2' }
    $listed = @()
    $isWhole = $true
    $count = 0
    try { $listed = @(Get-Instances 'AntiVirusProduct' $center) }
    catch { $isWhole = $false; Add-Unreadable 'anti-malware:' (Get-Why $_) }
    $isTold = $false
    foreach ($product in $listed) {
        if ($null -eq $product) { continue }
        if ($null -ne $product.productState) { $running = (([int64]$product.productState -shr 8) -band 240) -eq 16 }
        else { $running = [bool]$product.onAccessScanningEnabled }
        $words = 'stopped'
        if ($running) { $words = 'running' }
        if ($product.displayName -match 'Defender') { $words += $details; $isTold = $true }
        Add-Value ('anti-malware:' + $product.displayName) $words
        $count++
    }
    if ($details -ne '' -and -not $isTold) {
        $words = 'stopped'
        if ($on) { $words = 'running' }
        Add-Value 'anti-malware:Windows Defender' ($words + $details)
        $count++
    }
    if ($isWhole) { Add-Value 'anti-malware:' $count }
}

# What fails costs itself alone, and is told.
function Invoke-Part($Key, [scriptblock]$Part) {
    try { & $Part } catch { if ($Key -ne '') { Add-Unreadable $Key (Get-Why $_) } }
}

Add-Line 'quell.posture/1'
Add-Line 'about' 'script' 'ps1'
Add-Line 'about' 'computer' ([Environment]::MachineName)
Add-Line 'about' 'time' (Get-Time ([DateTime]::UtcNow))
if ($env:USERNAME) { Add-Line 'about' 'user' "$env:USERDOMAIN\$env:USERNAME" }
$script:isController = $false
@registry@
@updates@
@files@
@services@
Invoke-Part 'os.boot' { Read-System }
Invoke-Part '' { Read-Computer }
Invoke-Part '' { Read-Cards }
Invoke-Part 'hotfix:' { Read-Hotfixes }
Invoke-Part '' { Read-Policy }
Invoke-Part 'account:' { Read-Accounts }
Invoke-Part 'admin:' { Read-Admins }
Invoke-Part 'share:' { Read-Shares }
Invoke-Part 'share.writers:' { Read-Writers }
Invoke-Part 'anti-malware:' { Read-Protection }
Add-Line 'done'

# --- one file, whole or not at all ---

try {
    $name = [Environment]::MachineName.ToUpperInvariant() -replace '[^A-Z0-9-]', '_'
    $temporary = Join-Path $Folder "quell-$name.tmp"
    $result = Join-Path $Folder "quell-$name.txt"
    [IO.File]::WriteAllLines($temporary, [string[]]$lines.ToArray(), (New-Object Text.UTF8Encoding $false))
    if ([IO.File]::Exists($result)) { [IO.File]::Delete($result) }
    [IO.File]::Move($temporary, $result)
} catch { exit 2 }
exit 0

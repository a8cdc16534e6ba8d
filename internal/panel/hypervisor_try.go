package panel

// TestMachineUID is that of the machine with which a hypervisor is tried.
const TestMachineUID = "acc20e00-7e57-4000-8000-000000000001"
